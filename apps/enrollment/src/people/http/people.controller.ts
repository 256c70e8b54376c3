import { Command, CommandContext, Ctx, Id, listing, versioned } from '@cairn/http';
import { RefusedError } from '@cairn/decider';
import { CurrentSubject, hasRole, Roles, type Subject } from '@cairn/identity';
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { PersonEntity } from '../person.entity.js';
import { PeopleCompletion } from '../people.completion.js';
import { reachOfHr, type Condition } from '../reach.js';
import { CompleteDto, MOST_IDS, PeopleQuery } from './people.dto.js';

const people = listing('people.1', { personId: 'id' });

const shown = (person: PersonEntity) => ({
  personId: person.personId,
  employeeId: person.employeeId,
  name: [person.givenName, person.familyName].filter(Boolean).join(' '),
  department: person.department,
  position: person.position,
  location: person.location,
  level: person.level,
  managerId: person.managerId,
  status: person.leftOn !== null ? 'left' : person.onLeave ? 'onLeave' : 'active',
  placeholder: person.employeeId === null,
  completed: person.completed,
});

@ApiTags('people')
@Controller('v1/people')
export class PeopleController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly completion: PeopleCompletion,
  ) {}

  @Get()
  @Roles('hr', 'program-admin', 'integration', 'coach', 'coachee')
  @ApiOperation({
    summary: 'People of the directory, with their names',
    description: `hr and program-admin list and search; integration asks by \`ids\` (up to ${MOST_IDS}, all on one page) or \`employeeId\`; a coach sees their coachees, a coachee themself. Who is not there, or not theirs to see, is left out.`,
  })
  async list(@CurrentSubject() subject: Subject, @Query() query: PeopleQuery) {
    const { ids, employeeId, department, managerId } = query;
    const searches = hasRole(subject, 'hr', 'program-admin') || !hasRole(subject, 'integration');
    if (!searches && !ids && employeeId === undefined) throw new RefusedError(byIdOnly);
    const limit = ids ? MOST_IDS : query.limit;
    const after = people.after(query.cursor);
    const sees = sightOf(subject);
    const rows = await this.dataSource
      .createQueryBuilder(PersonEntity, 'p')
      .where('p.tenant_id = :tenantId', { tenantId: subject.tenantId })
      .andWhere(`(${sees.sql})`, sees.parameters)
      .andWhere(ids ? 'p.person_id = ANY (:ids)' : 'true', { ids })
      .andWhere(employeeId === undefined ? 'true' : 'p.employee_id = :employeeId', { employeeId })
      .andWhere(department === undefined ? 'true' : 'p.department = :department', { department })
      .andWhere(managerId === undefined ? 'true' : 'p.manager_id = :managerId', { managerId })
      .andWhere(after ? 'p.person_id > :after' : 'true', { after: after?.personId })
      .orderBy('p.person_id')
      .take(limit + 1)
      .getMany();
    return people.page(rows, limit, ({ personId }) => ({ personId }), shown);
  }

  @Post(':personId/complete')
  @Command()
  @Roles('hr', 'integration')
  @ApiOperation({
    summary: 'Complete a placeholder, who can be nominated from then on',
    description:
      'A placeholder is a manager whom the HR file names but does not contain. Later files go on finding them by the name they had.',
  })
  async complete(
    @Ctx() context: CommandContext,
    @Id('personId') personId: string,
    @Body() body: CompleteDto,
  ) {
    const person = await this.completion.complete(context, personId, body);
    return versioned(shown(person), person.version);
  }
}

/** Whom somebody sees in the directory, by whichever of their roles shows most. */
function sightOf(subject: Subject): Condition {
  if (hasRole(subject, 'program-admin', 'integration')) return { sql: 'true', parameters: {} };
  const sights: Condition[] = [];
  if (hasRole(subject, 'hr')) sights.push(reachOfHr(subject, 'p.person_id'));
  if (hasRole(subject, 'coach') && subject.coachId)
    sights.push({
      sql: `EXISTS (SELECT 1 FROM matches m WHERE m.tenant_id = p.tenant_id AND m.person_id = p.person_id
              AND m.coach_id = :sightCoach AND m.status IN ('proposed', 'active', 'ended'))`,
      parameters: { sightCoach: subject.coachId },
    });
  if (hasRole(subject, 'coachee') && subject.personId)
    sights.push({ sql: 'p.person_id = :sightSelf', parameters: { sightSelf: subject.personId } });
  return {
    sql: sights.length === 0 ? 'false' : sights.map(({ sql }) => `(${sql})`).join(' OR '),
    parameters: Object.assign({}, ...sights.map(({ parameters }) => parameters)) as Condition['parameters'],
  };
}

const byIdOnly = {
  kind: 'forbidden',
  slug: 'ids-needed',
  detail: 'Role integration asks for people by ids or employeeId; only hr and program-admin list them all.',
} as const;
