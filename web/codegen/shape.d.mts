// Types of shape.mjs for the test that uses it.
export function shapeHash(schemas: unknown): string;
