// The contract as this app uses it: bodies, problems, and the one way to call.
export * from './types';
export * from './problem';
export { http, installTokenSource, tokenSource, type TokenSource } from './http';
