// Camera and microphone before going up, and the picture in the camera's place.
export { GreenRoom } from './GreenRoom';
export { PicturePicker } from './Picture';
