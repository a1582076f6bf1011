/** A class that may be called without `new` as well, as those of k6's modules may. */
export function callableClass<Class extends abstract new (...given: never[]) => object>(
  made: Class,
): Class {
  return new Proxy(made, {
    apply: (target, _self, given) => Reflect.construct(target, given),
  });
}
