import type { Questionnaire } from './questionnaire.js';

/** Written for this project. Fixed for ever: another wording is another version. */
export const CAIRN_MANAGEMENT_1: Questionnaire = {
  name: 'cairn-management',
  version: 1,
  scale: [
    'strongly disagree',
    'disagree',
    'somewhat disagree',
    'neither agree nor disagree',
    'somewhat agree',
    'agree',
    'strongly agree',
  ],
  themes: {
    'giving-feedback': [
      {
        self: 'I give feedback on what people did, not on what they are like.',
        other: 'This manager gives feedback on what people did, not on what they are like.',
      },
      {
        self: 'I say what went well as clearly as what did not.',
        other: 'This manager says what went well as clearly as what did not.',
      },
      {
        self: 'I give feedback within days, while it can still be used.',
        other: 'This manager gives feedback within days, while it can still be used.',
      },
    ],
    'performance-conversations': [
      {
        self: 'I agree with each person in my team on what good work looks like, before it is judged.',
        other: 'This manager agrees with people on what good work looks like, before it is judged.',
      },
      {
        self: 'I raise a drop in performance early, with examples.',
        other: 'This manager raises a drop in performance early, with examples.',
      },
      {
        self: 'I end a conversation about performance with steps that both of us have agreed.',
        other: 'This manager ends a conversation about performance with steps that both sides have agreed.',
      },
    ],
    'psychological-safety': [
      {
        self: 'I thank people who bring me bad news or name a mistake.',
        other: 'This manager thanks people who bring bad news or name a mistake.',
      },
      {
        self: 'I ask for views that differ from mine before I decide.',
        other: 'This manager asks for views that differ from their own before deciding.',
      },
      {
        self: 'I say openly when I do not know something or was wrong.',
        other: 'This manager says openly when they do not know something or were wrong.',
      },
    ],
    'developing-direct-reports': [
      {
        self: 'I know what each of my direct reports wants to learn next.',
        other: 'This manager knows what each of their direct reports wants to learn next.',
      },
      {
        self: 'I hand over work that stretches people, and let them do it their way.',
        other: 'This manager hands over work that stretches people, and lets them do it their way.',
      },
      {
        self: 'I make time to talk about development, apart from the daily work.',
        other: 'This manager makes time to talk about development, apart from the daily work.',
      },
    ],
    'navigating-conflict': [
      {
        self: 'I bring disagreements into the open before they grow.',
        other: 'This manager brings disagreements into the open before they grow.',
      },
      {
        self: 'I listen to every side of a conflict before I take a position.',
        other: 'This manager listens to every side of a conflict before taking a position.',
      },
      {
        self: 'I stay calm and fair when a discussion gets heated.',
        other: 'This manager stays calm and fair when a discussion gets heated.',
      },
    ],
    'managing-up-and-across': [
      {
        self: 'I tell my own manager early what they need to know, also when it is unwelcome.',
        other: 'This manager tells their own manager early what is needed, also when it is unwelcome.',
      },
      {
        self: 'I settle priorities with other teams before they collide.',
        other: 'This manager settles priorities with other teams before they collide.',
      },
      {
        self: 'I speak up for my team where decisions about it are made.',
        other: 'This manager speaks up for the team where decisions about it are made.',
      },
    ],
  },
  ownTheme: [
    {
      self: 'My everyday work shows what I know about: {theme}.',
      other: 'This manager’s everyday work shows what they know about: {theme}.',
    },
    {
      self: 'I keep to it when there is pressure: {theme}.',
      other: 'This manager keeps to it when there is pressure: {theme}.',
    },
    {
      self: 'I ask others how I am doing and change what I do: {theme}.',
      other: 'This manager asks others how they are doing and changes what they do: {theme}.',
    },
  ],
};
