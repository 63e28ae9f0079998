// Would catch: forms that send what the server refuses, or refuse what it takes.
import { describe, expect, it } from 'vitest';
import { issuesOf, signUpForm } from './schema';

describe('sign-up form', () => {
  it('tidies what was typed', () => {
    const parsed = signUpForm.parse({ handle: ' @Maya_1 ', display_name: '  Maya ', password: 'ten letters' });
    expect(parsed).toEqual({ handle: 'maya_1', display_name: 'Maya', password: 'ten letters' });
  });

  it('names every wrong field at once', () => {
    const parsed = signUpForm.safeParse({ handle: 'a b c!', display_name: ' ', password: 'short' });
    expect(parsed.success).toBe(false);
    if (!parsed.success) {
      expect(issuesOf(parsed.error)).toEqual({ handle: 'handle_letters', display_name: 'name_length', password: 'password_length' });
    }
  });
});
