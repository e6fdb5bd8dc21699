/** SageMaker's contract: the two routes, and the one method of each. */
export const routes = { "/ping": "GET", "/invocations": "POST" } as const;

export const isRoute = (path: string): path is keyof typeof routes => Object.hasOwn(routes, path);
