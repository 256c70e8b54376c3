/*
 * Who may do what, and who may read it: the domain's tables, by hand, endpoint by endpoint. Role integration gives any
 * command for a named person, and is named here only where it gives one in its own right. Whose it must be beside the role
 * (one's own engagement, one's own coachee) is tried in the spec.
 */
const HR = 'hr program-admin';
const IMPORT = 'hr integration';
const PAIR = 'coach coachee';
const SEES_PEOPLE = 'coach coachee hr integration program-admin';

export const WHO_MAY_DO_WHAT: Readonly<Record<string, string>> = {
  // import people, confirm a held import
  'PUT /enrollment/v1/people/mappings/{name}': IMPORT,
  'POST /enrollment/v1/people/imports': IMPORT,
  'POST /enrollment/v1/people/imports/{importId}/confirm': IMPORT,
  'POST /enrollment/v1/people/{personId}/complete': IMPORT,

  // programmes, cohorts, rules, coaches; nominate, invite, withdraw, extend, shortlist, match in bulk, discontinue, cancel
  'POST /enrollment/v1/programs': HR,
  'PATCH /enrollment/v1/programs/{programId}': HR,
  'PUT /enrollment/v1/programs/{programId}/eligibility-rules': HR,
  'POST /enrollment/v1/programs/{programId}/eligibility/evaluations': HR,
  'PUT /enrollment/v1/programs/{programId}/triggers': HR,
  'POST /enrollment/v1/programs/{programId}/proposals/{proposalId}/confirm': HR,
  'POST /enrollment/v1/programs/{programId}/proposals/{proposalId}/dismiss': HR,
  'POST /enrollment/v1/programs/{programId}/cohorts': HR,
  'POST /enrollment/v1/programs/{programId}/cohorts/{cohortId}/close': HR,
  'POST /enrollment/v1/coaches': HR,
  'POST /enrollment/v1/coaches/imports': HR,
  'POST /enrollment/v1/coaches/{coachId}/screen': HR,
  'POST /enrollment/v1/coaches/{coachId}/interview': HR,
  'POST /enrollment/v1/coaches/{coachId}/approve': HR,
  'POST /enrollment/v1/coaches/{coachId}/suspend': HR,
  'POST /enrollment/v1/coaches/{coachId}/reinstate': HR,
  'POST /enrollment/v1/coaches/{coachId}/retire': HR,
  'POST /enrollment/v1/coaches/{coachId}/credentials': HR,
  'POST /enrollment/v1/coaches/{coachId}/reassess': HR,
  'POST /enrollment/v1/coaches/{coachId}/capacity': HR,
  'POST /enrollment/v1/programs/{programId}/enrollments': HR,
  'POST /enrollment/v1/enrollments/{enrollmentId}/invite': HR,
  'POST /enrollment/v1/enrollments/{enrollmentId}/withdraw': HR,
  'POST /enrollment/v1/enrollments/{enrollmentId}/extend': HR,
  'POST /enrollment/v1/enrollments/{enrollmentId}/allot': HR,
  'POST /enrollment/v1/enrollments/{enrollmentId}/discontinue': HR,
  'POST /enrollment/v1/enrollments/{enrollmentId}/cancel': HR,
  'POST /enrollment/v1/enrollments/{enrollmentId}/match/shortlist': HR,
  'POST /enrollment/v1/enrollments/{enrollmentId}/match/withdraw': HR,
  'POST /enrollment/v1/programs/{programId}/cohorts/{cohortId}/match': HR,
  'POST /goals/v1/engagements/{engagementId}/pulse-raters/{raterId}/approve': HR,
  'POST /goals/v1/engagements/{engagementId}/pulse-raters/{raterId}/link': 'hr integration program-admin',
  'POST /goals/v1/engagements/{engagementId}/pulse-raters/{raterId}/remove': `coachee ${HR}`,
  // an assessment: ask for it, approve raters, end it; whoever mints links hands them on
  'POST /enrollment/v1/enrollments/{enrollmentId}/assessments': HR,
  'POST /enrollment/v1/assessments/{assessmentId}/raters/{raterId}/approve': HR,
  'POST /enrollment/v1/assessments/{assessmentId}/raters/{raterId}/link': 'hr integration program-admin',
  'POST /enrollment/v1/assessments/{assessmentId}/close': HR,
  'POST /enrollment/v1/assessments/{assessmentId}/withdraw': HR,
  // whom they nominated, until that one is approved; then staff
  'POST /enrollment/v1/assessments/{assessmentId}/raters/{raterId}/remove': `coachee ${HR}`,
  // the results are the coachee's, who need not wait for anybody
  'POST /enrollment/v1/assessments/{assessmentId}/release': `coachee ${HR}`,
  // nominate raters, share the results, say what to work on
  'POST /enrollment/v1/assessments/{assessmentId}/raters': 'coachee',
  'POST /enrollment/v1/assessments/{assessmentId}/share': 'coachee',
  'POST /enrollment/v1/assessments/{assessmentId}/priorities': 'coachee',
  // how far the past is told, only who tells it knows
  'POST /enrollment/v1/enrollments/{enrollmentId}/history': 'integration',

  // activate, decline, give preferences, choose a coach, rate, practise
  'POST /enrollment/v1/enrollments/{enrollmentId}/activate': 'coachee',
  'POST /enrollment/v1/enrollments/{enrollmentId}/decline': 'coachee',
  'POST /enrollment/v1/enrollments/{enrollmentId}/preferences': 'coachee',
  'POST /enrollment/v1/enrollments/{enrollmentId}/feedback': 'coachee',
  'POST /enrollment/v1/enrollments/{enrollmentId}/match/propose': 'coachee',
  'POST /sessions/v1/sessions/{sessionId}/rating': 'coachee',
  'POST /goals/v1/engagements/{engagementId}/pulse-raters': 'coachee',
  'POST /goals/v1/goals/{goalId}/practices': 'coachee',
  'POST /goals/v1/goals/{goalId}/practices/{practiceId}/report': 'coachee',
  'POST /goals/v1/goals/{goalId}/check-ins': 'coachee',
  'POST /goals/v1/goals/{goalId}/share': 'coachee',

  // accept or decline a proposed match
  'POST /enrollment/v1/enrollments/{enrollmentId}/match/accept': PAIR,
  'POST /enrollment/v1/enrollments/{enrollmentId}/match/decline': PAIR,
  // another coach: by any of them, without blame; whether it is right: in private
  'POST /enrollment/v1/enrollments/{enrollmentId}/match/rematch': `${PAIR} ${HR}`,
  'POST /enrollment/v1/enrollments/{enrollmentId}/match/fit': PAIR,

  // schedule, move, cancel, confirm, no-show, dispute; propose, agree, scale, score, revise, close a goal
  'POST /sessions/v1/engagements/{engagementId}/sessions': PAIR,
  'POST /sessions/v1/engagements/{engagementId}/series': PAIR,
  'POST /sessions/v1/sessions/{sessionId}/reschedule': PAIR,
  'POST /sessions/v1/sessions/{sessionId}/cancel': PAIR,
  'POST /sessions/v1/sessions/{sessionId}/confirm': PAIR,
  'POST /sessions/v1/sessions/{sessionId}/no-show': PAIR,
  'POST /sessions/v1/sessions/{sessionId}/dispute': PAIR,
  'POST /goals/v1/engagements/{engagementId}/goals': PAIR,
  'POST /goals/v1/goals/{goalId}/agree': PAIR,
  'POST /goals/v1/goals/{goalId}/scale': PAIR,
  'POST /goals/v1/goals/{goalId}/score': PAIR,
  'POST /goals/v1/goals/{goalId}/revise': PAIR,
  'POST /goals/v1/goals/{goalId}/close': PAIR,

  // record themes; notes, each their own
  'POST /sessions/v1/sessions/{sessionId}/themes': 'coach',
  'POST /sessions/v1/sessions/{sessionId}/notes': PAIR,

  // pause, resume; correct an outcome
  'POST /enrollment/v1/enrollments/{enrollmentId}/pause': `coachee ${HR}`,
  'POST /enrollment/v1/enrollments/{enrollmentId}/resume': `coachee ${HR}`,
  'POST /sessions/v1/sessions/{sessionId}/correct': 'program-admin',
};

export const READS: Readonly<Record<string, string>> = {
  'GET /enrollment/v1/events': 'integration',
  'GET /sessions/v1/events': 'integration',
  'GET /goals/v1/events': 'integration',
  'GET /analytics/v1/events': 'integration',

  // names: one's own and one's manager's, one's coachees', one's direct reports'
  'GET /enrollment/v1/people': 'coach coachee hr integration manager program-admin',
  'GET /enrollment/v1/people/mappings': 'hr integration program-admin',
  'GET /enrollment/v1/people/mappings/{name}': 'hr integration program-admin',
  'GET /enrollment/v1/people/imports': IMPORT,
  'GET /enrollment/v1/people/imports/{importId}': IMPORT,
  'GET /enrollment/v1/people/imports/{importId}/rows': IMPORT,
  'GET /enrollment/v1/programs': 'coach coachee hr integration manager program-admin sponsor',
  'GET /enrollment/v1/programs/{programId}': 'coach coachee hr integration manager program-admin sponsor',
  'GET /enrollment/v1/programs/{programId}/eligibility': HR,
  'GET /enrollment/v1/programs/{programId}/proposals': HR,
  // participation: one's own, one's coachees', and the manager's reports' where the programme says so
  'GET /enrollment/v1/enrollments': 'coach coachee hr integration manager program-admin',
  'GET /enrollment/v1/enrollments/{enrollmentId}': 'coach coachee hr integration manager program-admin',
  'GET /enrollment/v1/enrollments/{enrollmentId}/match': SEES_PEOPLE,
  'GET /enrollment/v1/matches': SEES_PEOPLE,
  // how far one is, and who is asked; 360 results: one's own, and the coach's where they are shared
  'GET /enrollment/v1/assessments': SEES_PEOPLE,
  'GET /enrollment/v1/assessments/{assessmentId}': SEES_PEOPLE,
  'GET /enrollment/v1/assessments/{assessmentId}/raters': 'coachee hr integration program-admin',
  'GET /enrollment/v1/assessments/{assessmentId}/results': PAIR,
  'GET /enrollment/v1/coaches': 'coach hr integration program-admin',
  'GET /enrollment/v1/coaches/{coachId}': SEES_PEOPLE,

  // everybody by name, and changes of them: for a machine alone
  'GET /enrollment/scim/v2/ServiceProviderConfig': 'integration',
  'GET /enrollment/scim/v2/ResourceTypes': 'integration',
  'GET /enrollment/scim/v2/Schemas': 'integration',
  'GET /enrollment/scim/v2/Users': 'integration',
  'POST /enrollment/scim/v2/Users': 'integration',
  'POST /enrollment/scim/v2/Users/.search': 'integration',
  'GET /enrollment/scim/v2/Users/{userId}': 'integration',
  'PUT /enrollment/scim/v2/Users/{userId}': 'integration',
  'PATCH /enrollment/scim/v2/Users/{userId}': 'integration',
  'DELETE /enrollment/scim/v2/Users/{userId}': 'integration',
  'GET /enrollment/scim/v2/Groups': 'integration',
  'POST /enrollment/scim/v2/Groups': 'integration',
  'POST /enrollment/scim/v2/Groups/.search': 'integration',
  'GET /enrollment/scim/v2/Groups/{groupId}': 'integration',
  'PUT /enrollment/scim/v2/Groups/{groupId}': 'integration',
  'PATCH /enrollment/scim/v2/Groups/{groupId}': 'integration',
  'DELETE /enrollment/scim/v2/Groups/{groupId}': 'integration',

  'GET /sessions/v1/engagements': SEES_PEOPLE,
  'GET /sessions/v1/engagements/{engagementId}': SEES_PEOPLE,
  'GET /sessions/v1/calendar': PAIR,
  'GET /sessions/v1/sessions': SEES_PEOPLE,
  'GET /sessions/v1/sessions/{sessionId}': SEES_PEOPLE,
  // notes: each their own
  'GET /sessions/v1/sessions/{sessionId}/notes': PAIR,

  // theme and status: the programme admin not, the manager where the coachee shares it
  'GET /goals/v1/engagements/{engagementId}/goals': 'coach coachee hr manager',
  'GET /goals/v1/people/{personId}/goals': 'coach coachee hr manager',
  'GET /goals/v1/goals/{goalId}': 'coach coachee hr manager',
  'GET /goals/v1/engagements/{engagementId}/brief': PAIR,
  'GET /goals/v1/engagements/{engagementId}/pulse-raters': 'coachee hr integration program-admin',

  'GET /analytics/v1/manager-baseline': HR,
  'GET /analytics/v1/programs/{programId}/overview': 'hr manager program-admin sponsor',
  'GET /analytics/v1/programs/{programId}/metrics': 'hr manager program-admin sponsor',
  'GET /analytics/v1/programs/{programId}/funnel': 'hr manager program-admin sponsor',
  'GET /analytics/v1/programs/{programId}/themes': 'hr manager program-admin sponsor',
  'GET /analytics/v1/programs/{programId}/opinions': 'coach hr program-admin sponsor',
  'GET /analytics/v1/programs/{programId}/outcomes': 'hr program-admin sponsor',
  'GET /analytics/v1/programs/{programId}/coaches': HR,
  'GET /analytics/v1/programs/{programId}/participants': 'hr manager program-admin',
  'GET /analytics/v1/programs/{programId}/between-sessions': 'hr manager program-admin',
  'GET /analytics/v1/me/participation': 'coachee',
  'GET /analytics/v1/me/coachees': 'coach',
  'GET /analytics/v1/me/coaching': 'coach',
  'GET /analytics/v1/me/visibility': 'coachee',
  'GET /analytics/v1/freshness': 'coach coachee hr integration manager program-admin sponsor',
};
