// How long tests wait for the page: until it is there, on however slow a machine.
import { configure } from '@testing-library/react';

configure({ asyncUtilTimeout: 30_000 });
