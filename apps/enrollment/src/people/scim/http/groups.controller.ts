import { Answer, CLOCK, Id, Versioned, type Clock } from '@cairn/http';
import { CurrentSubject, type Subject } from '@cairn/identity';
import { Body, Delete, Get, Headers, HttpCode, Inject, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiOperation } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { PUBLIC_URL } from '../../../enrollment/http/enrollment.shown.js';
import { EVERYTHING } from '../../reach.js';
import { CORE_GROUP } from '../attributes.js';
import { parseFilter } from '../filter.js';
import { conditionOf, orderOf, GROUP_COLUMNS } from '../filter.sql.js';
import { groupOf, groupVersion, ScimGroups } from '../groups.handler.js';
import { findGroup, listGroups, type GroupRow } from '../groups.rows.js';
import { operationsIn } from '../patch.js';
import { noSuchResource } from '../scim.errors.js';
import { identityOf } from '../users.handler.js';
import {
  answered,
  listed,
  pageOf,
  ScimController,
  ScimPartsQuery,
  ScimQuery,
  SEARCH_REQUEST,
  searchIn,
  seenIn,
  shownAs,
  type ScimResource,
} from './scim.answers.js';
import { resourceIn } from './users.controller.js';

const EXAMPLE = { schemas: [CORE_GROUP], displayName: 'New leaders', members: [] };

const SEARCH = { schemas: [SEARCH_REQUEST], sortBy: 'displayName', count: 10 };

/** Groups of people that a client keeps, as RFC 7644 has Groups. */
@ScimController('Groups')
export class ScimGroupsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly groups: ScimGroups,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  @Get()
  @ApiOperation({ summary: 'SCIM: groups, by a filter or all' })
  list(@CurrentSubject() subject: Subject, @Query() query: ScimQuery) {
    return this.page(subject, query);
  }

  @Post('.search')
  @HttpCode(200)
  @ApiOperation({
    summary: 'SCIM: the same with what is asked for in the body, which no log of addresses keeps',
  })
  @ApiBody({
    schema: { type: 'object', additionalProperties: true },
    examples: { search: { value: SEARCH } },
  })
  search(@CurrentSubject() subject: Subject, @Body() body: unknown) {
    return this.page(subject, searchIn(body));
  }

  private async page(subject: Subject, query: ScimQuery) {
    const { first, count } = pageOf(query);
    const condition =
      query.filter === undefined
        ? EVERYTHING
        : conditionOf(parseFilter(query.filter), GROUP_COLUMNS, CORE_GROUP);
    const { manager } = this.dataSource;
    const { total, rows } = await listGroups(
      manager,
      subject.tenantId,
      condition,
      orderOf(query, GROUP_COLUMNS, CORE_GROUP),
      first - 1,
      count,
    );
    return listed(
      total,
      first,
      rows.map((row) => this.shown(row, query)),
    );
  }

  @Versioned()
  @Get(':groupId')
  @ApiOperation({ summary: 'SCIM: one group' })
  async read(
    @CurrentSubject() subject: Subject,
    @Id('groupId') groupId: string,
    @Query() query: ScimPartsQuery,
  ) {
    const row = await findGroup(this.dataSource.manager, subject.tenantId, groupId);
    if (row === null) throw noSuchResource('Group');
    return this.answer(row, undefined, query);
  }

  @Versioned()
  @Post()
  @ApiOperation({ summary: 'SCIM: put people together in a group' })
  @ApiBody({
    schema: { type: 'object', additionalProperties: true },
    examples: { leaders: { value: EXAMPLE } },
  })
  async create(@CurrentSubject() subject: Subject, @Body() body: unknown) {
    return this.answer(await this.groups.create(this.identity(subject), resourceIn(body)), 201);
  }

  @Versioned()
  @Put(':groupId')
  @ApiOperation({ summary: 'SCIM: say anew who is in a group' })
  @ApiBody({
    schema: { type: 'object', additionalProperties: true },
    examples: { leaders: { value: EXAMPLE } },
  })
  async replace(
    @CurrentSubject() subject: Subject,
    @Id('groupId') groupId: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    return this.answer(
      await this.groups.replace(this.identity(subject), groupId, resourceIn(body), seenIn(ifMatch)),
    );
  }

  @Versioned()
  @Patch(':groupId')
  @ApiOperation({ summary: 'SCIM: let people into a group, or out of it' })
  @ApiBody({
    schema: { type: 'object', additionalProperties: true },
    examples: {
      renamed: {
        value: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'replace', path: 'displayName', value: 'Leaders' }],
        },
      },
    },
  })
  async patch(
    @CurrentSubject() subject: Subject,
    @Id('groupId') groupId: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    return this.answer(
      await this.groups.patch(this.identity(subject), groupId, operationsIn(body), seenIn(ifMatch)),
    );
  }

  @Delete(':groupId')
  @HttpCode(204)
  @ApiOperation({ summary: 'SCIM: take a group away' })
  async remove(
    @CurrentSubject() subject: Subject,
    @Id('groupId') groupId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.groups.remove(this.identity(subject), groupId, seenIn(ifMatch));
  }

  private identity(subject: Subject) {
    return identityOf(subject, this.clock.now());
  }

  private answer(row: GroupRow, status?: number, parts?: ScimPartsQuery): Answer<ScimResource> {
    return answered(this.shown(row, parts), groupVersion(row), status);
  }

  private shown(row: GroupRow, parts?: ScimPartsQuery): ScimResource {
    return shownAs('Group', groupOf(row), groupVersion(row), this.publicUrl, parts);
  }
}
