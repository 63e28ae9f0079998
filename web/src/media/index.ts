// Media without livekit: types, devices, the picture. The client itself is loaded only where a stage is shown.
export * from './devices';
export * from './picture';
export * from './receive';
export * from './state';
