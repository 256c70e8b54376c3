import { describe, expect, it } from '@jest/globals';
import { mergeOpenApi, type OpenApi } from './merge-openapi.js';

const document = (path: string, schemas: Record<string, unknown>, ...tags: string[]): OpenApi => ({
  openapi: '3.0.0',
  info: { title: path, version: '1' },
  paths: Object.fromEntries(
    ['things', ...tags].map((tag) => [
      `${path}/${tag}`,
      { get: { operationId: 'Controller_read', tags: [tag] } },
    ]),
  ),
  components: { schemas },
});

describe('one API document for one origin', () => {
  it('holds the paths and schemas of all', () => {
    const merged = mergeOpenApi([
      document('/a/v1', { Problem: { a: 1 } }),
      document('/b/v1', { Problem: { a: 1 }, Y: {} }),
    ]);
    expect(Object.keys(merged.paths)).toEqual(['/a/v1/things', '/b/v1/things']);
    expect(Object.keys(merged.components!['schemas']!)).toEqual(['Problem', 'Y']);
  });
  it('tells apart what two services call the same', () => {
    const merged = mergeOpenApi([document('/a/v1', {}), document('/b/v1', {})]);
    const ids = Object.values(merged.paths).map(({ get }) => get!.operationId);
    expect(ids).toEqual(['a_Controller_read', 'b_Controller_read']);
  });
  it('lists the services one after the other, health and the feed last in each', () => {
    const merged = mergeOpenApi([document('/a/v1', {}, 'health', 'events', 'people'), document('/b/v1', {})]);
    const names = merged.tags!.map(({ name }) => name);
    expect(names).toEqual(['a: things', 'a: people', 'a: events', 'a: health', 'b: things']);
  });
  it('refuses two shapes under one name', () => {
    expect(() => mergeOpenApi([document('/a', { X: { a: 1 } }), document('/b', { X: { b: 1 } })])).toThrow(
      'schemas/X',
    );
  });
});
