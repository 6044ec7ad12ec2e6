import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../../../sandbox/kubernetes/json.ts';
import { applyPatch } from '../../../sandbox/kubernetes/patch.ts';

const OBJECT: JsonObject = {
  metadata: { name: 'web', annotations: { keep: 'yes', drop: 'no' } },
  spec: {
    containers: [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:1' },
    ],
    args: ['x', 'y'],
  },
};

describe('applyPatch', () => {
  it.each<[string, string, Json, JsonObject]>([
    [
      'a merge patch replaces lists and removes what is null',
      'application/merge-patch+json',
      { metadata: { annotations: { drop: null } }, spec: { containers: [{ name: 'b' }] } },
      {
        metadata: { name: 'web', annotations: { keep: 'yes' } },
        spec: { containers: [{ name: 'b' }], args: ['x', 'y'] },
      },
    ],
    [
      'a strategic merge patch merges containers by name, and replaces atomic lists',
      'application/strategic-merge-patch+json',
      {
        spec: {
          containers: [
            { name: 'b', image: 'b:2' },
            { name: 'a', $patch: 'delete' },
          ],
          args: ['z'],
        },
      },
      { ...OBJECT, spec: { containers: [{ name: 'b', image: 'b:2' }], args: ['z'] } },
    ],
    [
      'a JSON patch adds, moves and tests',
      'application/json-patch+json',
      [
        { op: 'test', path: '/metadata/name', value: 'web' },
        { op: 'add', path: '/metadata/annotations/a~1b', value: 'c' },
        { op: 'move', from: '/spec/args/0', path: '/spec/args/-' },
        { op: 'remove', path: '/spec/containers' },
      ],
      { metadata: { name: 'web', annotations: { keep: 'yes', drop: 'no', 'a/b': 'c' } }, spec: { args: ['y', 'x'] } },
    ],
  ])('%s', (_, type, patch, expected) => {
    const patched = applyPatch(OBJECT, patch, type);

    expect(patched).toEqual(expected);
  });

  it.each<[string, Json]>([
    ['a failing test', [{ op: 'test', path: '/metadata/name', value: 'other' }]],
    ['a path that is not there', [{ op: 'replace', path: '/metadata/labels/a', value: 'b' }]],
    ['an unknown operation', [{ op: 'merge', path: '/metadata' }]],
  ])('refuses %s in a JSON patch as invalid', (_, patch) => {
    const apply = () => applyPatch(OBJECT, patch, 'application/json-patch+json');

    expect(apply).toThrow('the server rejected our request due to an error in our request');
  });
});
