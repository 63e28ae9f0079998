// The cache of what was asked of the server, given to the screens that ask; the shell does without.
import { QueryClientProvider } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { queries } from './client';

export function withQueries<P extends object>(Screen: ComponentType<P>): ComponentType<P> {
  return function WithQueries(props: P) {
    return (
      <QueryClientProvider client={queries}>
        <Screen {...props} />
      </QueryClientProvider>
    );
  };
}
