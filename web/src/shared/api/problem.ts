// What can go wrong with a call, as one error type the screens can put into words.

export interface FieldError {
  pointer: string;
  code: string;
  detail: string;
}

export interface ProblemBody {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
  code: string;
  errors?: FieldError[];
  retry_after_ms?: number | null;
}

/** The server said no, and said why. */
export class ProblemError extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string | undefined;
  readonly errors: FieldError[];
  readonly retryAfterMs: number | undefined;

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title ?? body.code);
    this.name = 'ProblemError';
    this.code = body.code;
    this.status = body.status;
    this.detail = body.detail;
    this.errors = body.errors ?? [];
    this.retryAfterMs = body.retry_after_ms ?? undefined;
  }
}

/** Nobody answered: this device is offline, or the server is away. */
export class AwayError extends Error {
  readonly code: 'client/offline' | 'client/server_away';

  constructor(offline: boolean) {
    super(offline ? 'offline' : 'server away');
    this.name = 'AwayError';
    this.code = offline ? 'client/offline' : 'client/server_away';
  }
}

function isProblemBody(value: unknown): value is ProblemBody {
  return typeof value === 'object' && value !== null && typeof (value as ProblemBody).code === 'string';
}

/** Reads a refused response; a body that is no problem becomes one with a general code. */
export async function problemFrom(response: Response): Promise<ProblemError | AwayError> {
  const body: unknown = await response.json().catch(() => null);
  if (isProblemBody(body)) return new ProblemError({ ...body, status: response.status });
  if (response.status === 502 || response.status === 503 || response.status === 504) return new AwayError(false);
  return new ProblemError({ code: generalCode(response.status), status: response.status });
}

function generalCode(status: number): string {
  if (status === 401) return 'client/signed_out';
  if (status === 403) return 'client/forbidden';
  if (status === 404) return 'client/not_found';
  if (status === 429) return 'client/too_fast';
  return 'client/unknown';
}

export function codeOf(error: unknown): string {
  if (error instanceof ProblemError || error instanceof AwayError) return error.code;
  return 'client/unknown';
}
