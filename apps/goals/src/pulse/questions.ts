import type { PulseItem } from './pulse.events.js';

/** The same agreement scale as the questionnaire's, so that the two can be read side by side. */
export const SCALE = { from: 1, to: 7, fromText: 'strongly disagree', toText: 'strongly agree' } as const;

/** The items of those who report to the coachee, under a heading that stands where a theme does: no theme has a space. */
export const TEAM = 'your team';

export const QUESTIONS: Readonly<Record<PulseItem, string>> = {
  'theme-behaviour': 'In the last weeks I saw this person do this well.',
  'one-to-ones-held': 'In the last weeks this person held the one-to-ones that we had agreed on.',
  'development-conversations': 'In the last weeks this person talked with me about my development.',
  'manager-effectiveness': 'All in all, this person leads me effectively.',
};

export const TEAM_ITEMS = ['one-to-ones-held', 'development-conversations', 'manager-effectiveness'] as const;

export const NOTICE =
  'Your answers are anonymous: they are shown to the person and their coach only as the mean of at least three people, never alone, and nobody else sees who answered. Whoever runs the programme, or pays for it, sees no more than figures over many coachees. What you send first counts: sending it again changes nothing.';
