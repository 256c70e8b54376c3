import { textPage } from './html.js';

const PATH = /^\/invitations\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * The page to which an invitation's printed link leads; undefined for any other path. Whoever holds the paper may open
 * it, so it is the same whether there is such an enrolment or not, and asks the services for nothing.
 */
export function invitationPage(path: string): string | undefined {
  const [, enrollmentId] = PATH.exec(path) ?? [];
  if (enrollmentId === undefined) return undefined;
  const address = `/enrollment/v1/enrollments/${enrollmentId}`;
  return textPage(
    path,
    'Cairn: invitation',
    `<main>
<h1>You are invited to a coaching programme</h1>
<p>Which one, and until when you can take up the invitation, you read with a token of your own, in the role
<code>coachee</code>. Your organisation’s sign-in gives it; the people who gave you this link know how.</p>
<table>
<tr><td>Read the invitation</td><td><code>GET ${address}</code></td></tr>
<tr><td>Take it up</td><td><code>POST ${address}/activate</code><br>with the version of the privacy notice that you
  accept, and your preferences for a coach</td></tr>
<tr><td>Decline it</td><td><code>POST ${address}/decline</code><br>with a reason; your manager is never shown it</td></tr>
</table>
<p class="soft">What each of them takes: <a href="/docs">API reference</a>. There are no forms here: Cairn is used by
programs and by its API reference.</p>
</main>`,
  );
}
