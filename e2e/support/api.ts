// The /v1 API as an app team would call it.
export interface Account {
  id: string;
  handle: string;
  token: string;
}

export class Api {
  constructor(readonly url: string) {}

  async call<T>(method: string, path: string, token?: string, body?: unknown): Promise<{ status: number; body: T }> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (token) headers['authorization'] = `Bearer ${token}`;
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = JSON.stringify(body);
    const answer = await fetch(this.url + path, init);
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : null) as T };
  }

  async must<T>(method: string, path: string, token?: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, token, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} → ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async account(handle: string, display_name = handle): Promise<Account> {
    const body = { handle, password: 'correct horse battery', display_name };
    const made = await this.must<{ account: { id: string }; access_token: string }>('POST', '/v1/accounts', undefined, body);
    return { id: made.account.id, handle, token: made.access_token };
  }

  /** Is there, as an open page is: who only joined by a call counts as gone after a minute. Answers with the way out. */
  async attend(session: string, token: string): Promise<() => void> {
    await this.must('POST', `/v1/sessions/${session}/join`, token, {});
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/v1/events`);
    await new Promise<void>((resolve, reject) => {
      socket.onerror = () => reject(new Error('the socket failed'));
      socket.onclose = (event) => reject(new Error(`the socket closed with ${event.code}`));
      socket.onopen = () => {
        socket.send(JSON.stringify({ id: 1, type: 'authenticate', access_token: token }));
        socket.send(JSON.stringify({ id: 2, type: 'subscribe', session_id: session }));
      };
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(String(data)) as { snapshot?: unknown; problem?: unknown };
        if (frame.snapshot !== undefined) resolve();
        if (frame.problem !== undefined) reject(new Error(String(data)));
      };
    });
    socket.onclose = null;
    return () => socket.close();
  }
}

export const PASSWORD = 'correct horse battery';
