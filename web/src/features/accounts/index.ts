// People: who is signed in, and the way in and out.
export { onSigned, signOut, startAuth, useAccount, useAuth } from './session';
