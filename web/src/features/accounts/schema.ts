// What a person may type, checked before it is sent; the server has the last word.
import * as z from 'zod/mini';

const normal = z.pipe(z.string(), z.transform((text: string) => text.normalize('NFC').trim()));

export const handle = z.pipe(
  z.pipe(normal, z.transform((text: string) => text.replace(/^@/, '').toLowerCase())),
  z.string().check(z.minLength(3, 'handle_length'), z.maxLength(30, 'handle_length'), z.regex(/^[a-z0-9_]*$/, 'handle_letters')),
);
export const password = z.string().check(z.minLength(10, 'password_length'), z.maxLength(128, 'password_length'));
export const displayName = z.pipe(normal, z.string().check(z.minLength(1, 'name_length'), z.maxLength(50, 'name_length')));

export const signUpForm = z.object({ handle, display_name: displayName, password });
export const signInForm = z.object({
  handle: z.pipe(normal, z.string().check(z.minLength(1, 'handle_missing'))),
  password: z.string().check(z.minLength(1, 'password_missing')),
});

export type FieldIssues = Record<string, string>;

/** The first issue of each field, as the key of its sentence. */
export function issuesOf(error: z.core.$ZodError): FieldIssues {
  const issues: FieldIssues = {};
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? '');
    issues[field] ??= issue.message;
  }
  return issues;
}
