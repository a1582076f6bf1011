import { expect, it } from 'vitest';
import { FirstPlaces } from './first-places.ts';

it('finds the place of each number, near or far', () => {
  const places = new FirstPlaces(4);
  for (const [place, number] of [1, 0, 9, 1e9, -1, 0.5].entries()) places.set(number, place);
  expect([1, 0, 9, 1e9, -1, 0.5].map((number) => places.get(number))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(places.get(2)).toBeUndefined();
  expect(places.get(8e9)).toBeUndefined();
  expect(visitsOf(places)).toEqual([
    [0, 1],
    [1, 0],
    [9, 2],
    [1e9, 3],
    [-1, 4],
    [0.5, 5],
  ]);
});

it('tells numbers up to twice the number of items in their order', () => {
  const places = new FirstPlaces(4);
  for (const [place, number] of [10, 9, 8, 7].entries()) places.set(number, place);
  expect(visitsOf(places).map(([number]) => number)).toEqual([7, 8, 10, 9]);
});

function visitsOf(places: FirstPlaces): [number, number][] {
  const visits: [number, number][] = [];
  places.forEach((number, place) => {
    visits.push([number, place]);
  });
  return visits;
}
