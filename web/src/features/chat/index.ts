// Chat and reactions.
export { Chat, SignInToChat, type ChatProps } from './Chat';
export { Reactions, ReactionLane } from './Reactions';
export * from './model';
