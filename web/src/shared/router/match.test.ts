// Would catch: a show's page that opens for a wrong path, and a sign-in that leads to another site.
import { describe, expect, it } from 'vitest';
import { matchPath, safeNext } from './match';

describe('paths', () => {
  it('takes the id out of a path and nothing else', () => {
    expect(matchPath('/s/{id}', '/s/abc')).toEqual({ id: 'abc' });
    expect(matchPath('/s/{id}', '/s/abc/')).toEqual({ id: 'abc' });
    expect(matchPath('/s/{id}', '/s/abc/summary')).toBeNull();
    expect(matchPath('/s/{id}', '/s/%E0%A4%A')).toBeNull();
    expect(matchPath('/', '/')).toEqual({});
  });

  it('follows only paths of this site', () => {
    expect(safeNext('/s/abc')).toBe('/s/abc');
    for (const bad of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', null]) expect(safeNext(bad)).toBe('/');
  });
});
