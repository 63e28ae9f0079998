export * from './types';
export * from './problem';
export { http, installTokenSource, tokenSource, type TokenSource } from './http';
