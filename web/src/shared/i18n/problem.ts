// A problem in the reader's words: the code's own sentence, else the server's, else a general one.
import { codeOf, ProblemError } from '@/shared/api';
import { hasWords, type Translate } from '.';

export function problemWords(error: unknown, t: Translate): string {
  const code = codeOf(error);
  const key = `problems.${code}`;
  const seconds = error instanceof ProblemError && error.retryAfterMs !== undefined ? Math.ceil(error.retryAfterMs / 1000) : undefined;
  if (seconds !== undefined && hasWords(`${key}_wait`)) return t(`${key}_wait`, { seconds });
  if (hasWords(key)) return t(key, { seconds: seconds ?? 1 });
  if (error instanceof ProblemError && error.detail !== undefined) return error.detail;
  return t('problems.client/unknown');
}

/** The sentence for one field of a form, or undefined when that field is fine. */
export function fieldWords(error: unknown, pointer: string, t: Translate): string | undefined {
  if (!(error instanceof ProblemError)) return undefined;
  const found = error.errors.find((item) => item.pointer === pointer || item.pointer === `/${pointer}`);
  if (found === undefined) return undefined;
  const key = `field_errors.${found.code}`;
  return hasWords(key) ? t(key) : found.detail;
}
