// The English words, as one piece that is loaded beside the program, not inside it.
import app from './en/app.json';
import problems from './en/problems.json';

export const english = { ...app, problems };
