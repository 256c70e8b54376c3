/** As Promise.all, but it rejects only once all have settled: nothing goes on unseen. */
export async function together<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
