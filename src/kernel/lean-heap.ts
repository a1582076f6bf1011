import { setFlagsFromString } from 'node:v8';

/**
 * Has the garbage collector of this process run whenever the heap has grown by three tenths. By itself it lets a heap grow
 * to several times what is in use. A program that keeps most of what it reads to its end then takes a third less memory,
 * for a tenth more time.
 */
export const keepHeapLean = (): void => setFlagsFromString('--heap-growing-percent=30');
