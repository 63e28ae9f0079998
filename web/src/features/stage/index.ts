// The stage: what other features may use of it. Screens with media are loaded by the app, when needed.
export { gridOf, speakerOf, type Box, type Rect } from './layout';
