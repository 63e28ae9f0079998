// Types of shape.mjs for the test that uses it.
export function namesIn(source: string): string[];
export function shapeHash(schemas: unknown, names: string[]): string;
