import { describe, expect, it } from '@jest/globals';
import { mergeOpenApi, type OpenApi } from './merge-openapi.js';

const document = (path: string, schemas: Record<string, unknown>): OpenApi => ({
  openapi: '3.0.0',
  info: { title: path, version: '1' },
  paths: { [path]: { get: {} } },
  components: { schemas: schemas as Record<string, unknown> },
});

describe('one API document for one origin', () => {
  it('holds the paths and schemas of all', () => {
    const merged = mergeOpenApi([
      document('/a/v1/x', { Problem: { a: 1 } }),
      document('/b/v1/y', { Problem: { a: 1 }, Y: {} }),
    ]);
    expect(Object.keys(merged.paths)).toEqual(['/a/v1/x', '/b/v1/y']);
    expect(Object.keys(merged.components!['schemas']!)).toEqual(['Problem', 'Y']);
  });
  it('refuses two shapes under one name', () => {
    expect(() => mergeOpenApi([document('/a', { X: { a: 1 } }), document('/b', { X: { b: 1 } })])).toThrow(
      'schemas/X',
    );
  });
});
