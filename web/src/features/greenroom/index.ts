// Getting ready: camera, microphone, level, and what went wrong with them.
export { GreenRoom } from './GreenRoom';
