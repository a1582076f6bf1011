import { describe, expect, it } from 'vitest';
import { dataOf } from './data-attributes.ts';

describe('data attributes', () => {
  it('are named as Go spells their words, with values of the types they are written in', () => {
    const attributes = {
      ...{ id: 'title', 'data-user-name': 'Al', 'data-user-id': '9', 'data-api-url': '/x' },
      ...{ 'data-price': '1.5', 'data-code': '1.50', 'data-open': 'true', 'data-none': 'null' },
      ...{ 'data-list': '[1,"a"]', 'data-bad': '{a', 'data-far': 'Infinity', 'data-': 'unnamed' },
    };
    expect(dataOf(attributes)).toEqual({
      ...{ userName: 'Al', userID: 9, apiURL: '/x', price: 1.5, code: '1.50', open: true },
      ...{ none: undefined, list: [1, 'a'], bad: '{a', far: 'Infinity' },
    });
  });

  it.each([
    ['userName', 'Al'],
    ['userId', 9],
    ['userID', 9],
    ['user-id', 9],
    ['other', undefined],
  ])('one of them is read by the name %s', (name, value) => {
    expect(dataOf({ 'data-user-name': 'Al', 'data-user-id': '9' }, name)).toBe(value);
  });
});
