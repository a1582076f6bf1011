import { describe, expect, it } from 'vitest';
import { createScope, type Resource } from './resource.ts';

/** Creates resources that record each start and stop. */
function createDiary() {
  const diary: string[] = [];
  const resource = (
    name: string,
    behaviour: { start?: () => Promise<void>; stop?: () => Promise<void> } = {},
  ): Resource<string> => ({
    name,
    async start() {
      diary.push(`start ${name}`);
      await behaviour.start?.();
      return `${name} runs`;
    },
    async stop() {
      diary.push(`stop ${name}`);
      await behaviour.stop?.();
    },
  });
  return { diary, resource };
}

const firstStops = (diary: string[]) =>
  diary.filter((line, index) => line.startsWith('stop') && diary.indexOf(line) === index);

describe('a scope', () => {
  it('answers with what a resource answers with, and stops the last one first', async () => {
    const { diary, resource } = createDiary();
    const scope = createScope();
    expect(await scope.start(resource('folder'))).toBe('folder runs');
    expect(await scope.start(resource('database'))).toBe('database runs');
    await scope.stop();
    expect(firstStops(diary)).toEqual(['stop database', 'stop folder']);
  });

  it('starts several resources side by side', async () => {
    const { diary, resource } = createDiary();
    const scope = createScope();
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const started = scope.startAll([
      resource('one', { start: () => gate }),
      resource('two', { start: async () => open() }),
    ]);
    expect(await started).toEqual(['one runs', 'two runs']);
    expect(diary).toEqual(['start one', 'start two']);
  });

  it('stops everything when one resource does not start, and throws its error', async () => {
    const { diary, resource } = createDiary();
    const scope = createScope();
    await scope.start(resource('folder'));
    const failing = resource('database', { start: () => Promise.reject(new Error('no space')) });
    await expect(scope.start(failing)).rejects.toThrow('no space');
    expect(firstStops(diary)).toEqual(['stop database', 'stop folder']);
  });

  it('throws the error of a start even if another resource cannot be stopped', async () => {
    const { resource } = createDiary();
    const scope = createScope();
    await scope.start(resource('folder', { stop: () => Promise.reject(new Error('busy')) }));
    const failing = resource('database', { start: () => Promise.reject(new Error('no space')) });
    await expect(scope.start(failing)).rejects.toThrow('no space');
    await expect(scope.stop()).rejects.toThrow('not everything could be stopped');
  });

  it('throws the first failure also for starts that fail because of it', async () => {
    const { resource } = createDiary();
    const scope = createScope();
    let callOff: (reason: Error) => void = () => {};
    const calledOff = scope.start(
      resource('database', {
        start: () =>
          new Promise((_, reject) => {
            callOff = reject;
          }),
        stop: async () => callOff(new Error('it was stopped')),
      }),
    );
    const failing = scope.start(
      resource('broker', { start: () => Promise.reject(new Error('no jars')) }),
    );
    await expect(failing).rejects.toThrow('no jars');
    await expect(calledOff).rejects.toThrow('no jars');
  });

  it('stops the others when one cannot be stopped, and names that one', async () => {
    const { diary, resource } = createDiary();
    const scope = createScope();
    await scope.start(resource('folder'));
    await scope.start(resource('database', { stop: () => Promise.reject(new Error('busy')) }));
    const error = await scope.stop().catch((error) => error);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors.map(String)).toEqual(['Error: database could not be stopped']);
    expect(error.errors[0].cause.message).toBe('busy');
    expect(diary).toContain('stop folder');
  });

  it('stops a resource again once its start has ended', async () => {
    const { diary, resource } = createDiary();
    const scope = createScope();
    let finish: () => void = () => {};
    const slow = resource('slow', {
      start: () =>
        new Promise((resolve) => {
          finish = () => {
            diary.push('slow is up');
            resolve();
          };
        }),
    });
    const starting = scope.start(slow);
    const stopped = scope.stop();
    finish();
    await Promise.all([starting, stopped]);
    expect(diary.lastIndexOf('stop slow')).toBeGreaterThan(diary.indexOf('slow is up'));
  });

  it('starts nothing after it was stopped', async () => {
    const { diary, resource } = createDiary();
    const scope = createScope();
    await scope.stop();
    await expect(scope.start(resource('late'))).rejects.toThrow('in a scope that is stopped');
    expect(diary).toEqual([]);
  });

  it('stops once, however often stop is called', async () => {
    const { diary, resource } = createDiary();
    const scope = createScope();
    await scope.start(resource('folder'));
    await Promise.all([scope.stop(), scope.stop()]);
    const stops = diary.length;
    await scope.stop();
    expect(diary.length).toBe(stops);
  });
});
