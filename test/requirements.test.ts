import { expect, it } from 'vitest';
import { findTestsById, REQUIREMENTS, renderTable } from './requirements.ts';

const testsById = findTestsById('.');

it('every requirement has a test that carries its id', () => {
  expect(Object.keys(REQUIREMENTS).filter((id) => !testsById.has(id))).toEqual([]);
});

it('every id in the name of a test is the id of a requirement', () => {
  expect([...testsById.keys()].filter((id) => REQUIREMENTS[id] === undefined)).toEqual([]);
});

it('the table of requirements is up to date', async () => {
  await expect(renderTable(testsById)).toMatchFileSnapshot('../docs/requirements.md');
});
