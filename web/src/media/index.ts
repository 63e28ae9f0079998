// Media without livekit: types and devices. The client itself is loaded only where a stage is shown.
export * from './devices';
export * from './state';
