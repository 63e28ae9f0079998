// One cache for what is asked of the server.
import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from '@/shared/api';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays a refusal; only silence is worth a second try.
      retry: (failures, error) => !(error instanceof ProblemError) && failures < 1,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
