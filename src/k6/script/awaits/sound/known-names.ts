/** Methods that JavaScript and k6's objects have. They call none of their arguments, except where the flow follows that. */
export const BUILT_IN_METHODS = new Set(
  `at charAt charCodeAt codePointAt concat copyWithin endsWith entries every fill filter find findIndex findLast
  findLastIndex flat flatMap forEach includes indexOf isWellFormed join keys lastIndexOf localeCompare map match matchAll
  normalize padEnd padStart pop push reduce reduceRight repeat replace replaceAll reverse search shift slice some sort
  splice split startsWith substr substring toLocaleLowerCase toLocaleString toLocaleUpperCase toLowerCase toReversed
  toSorted toSpliced toString toUpperCase trim trimEnd trimLeft trimRight trimStart unshift values with
  add clear delete get has set union subarray buffer exec test valueOf hasOwnProperty isPrototypeOf
  propertyIsEnumerable toFixed toPrecision toExponential toJSON toISOString getTime getFullYear getMonth getDate getDay
  getHours getMinutes getSeconds getMilliseconds getTimezoneOffset getUTCFullYear getUTCMonth getUTCDate getUTCDay
  getUTCHours getUTCMinutes getUTCSeconds getUTCMilliseconds setTime setFullYear setMonth setDate setHours setMinutes
  setSeconds setMilliseconds setUTCFullYear setUTCMonth setUTCDate setUTCHours setUTCMinutes setUTCSeconds setUTCMilliseconds toDateString toTimeString toUTCString toLocaleDateString
  toLocaleTimeString next return getInt8 getUint8 getInt16 getUint16 getInt32 getUint32 setInt8 setUint8 setInt16
  setUint16 setInt32 setUint32 getFloat32 getFloat64 getBigInt64 getBigUint64 setFloat32 setFloat64 setBigInt64 setBigUint64
  encode encodeInto decode append getAll toWellFormed
  json html clickLink submitForm cookiesForURL attr children closest contents data each end eq first is last nextAll
  nextUntil not parent parents parentsUntil prev prevAll prevUntil serialize serializeArray serializeObject siblings size
  text toArray val
  nodeName nodeType nodeValue innerHTML textContent attributes getAttribute getAttributeNode hasAttribute hasAttributes
  className classList ownerDocument namespaceURI isDefaultNamespace parentNode parentElement childNodes childElementCount
  hasChildNodes firstChild lastChild firstElementChild lastElementChild previousSibling nextSibling
  previousElementSibling nextElementSibling getElementsByClassName getElementsByTagName querySelector querySelectorAll
  matches isEqualNode isSameNode update digest tag read seek stat
  from of isArray assign create freeze isFrozen fromEntries getOwnPropertyNames getPrototypeOf setPrototypeOf seal is
  parse stringify now UTC log warn error info debug abs ceil floor round trunc max min pow random sqrt sign log2 log10
  isInteger isFinite isNaN isSafeInteger parseInt parseFloat fromCharCode fromCodePoint raw call apply bind
  randomUUID getRandomValues`.split(/\s+/),
);

/** Methods that call back, keep or hand over what they are given in ways that the flow follows. */
export const FOLLOWED_METHODS = new Set(
  `forEach map filter flatMap some every find findIndex reduce each is not from
  push unshift fill set add concat with call apply bind freeze assign entries values keys includes indexOf has
  log warn error info debug stringify isArray`.split(/\s+/),
);

/** Globals that can be called, and call nothing of the script. */
export const BUILT_IN_FUNCTIONS = new Set(
  `String Number Boolean Symbol BigInt Array Object Date RegExp Map Set WeakMap WeakSet Error TypeError RangeError
  SyntaxError URIError EvalError ReferenceError AggregateError parseInt parseFloat isNaN isFinite encodeURIComponent
  decodeURIComponent encodeURI decodeURI escape unescape open require structuredClone TextEncoder TextDecoder URL
  URLSearchParams ArrayBuffer DataView Uint8Array Int8Array Uint8ClampedArray Uint16Array Int16Array Uint32Array
  Int32Array Float32Array Float64Array BigInt64Array BigUint64Array atob btoa __resolve __inFile`.split(
    /\s+/,
  ),
);

/** Functions of the bundle around the script, which the flow follows. */
export const BUNDLE_FUNCTIONS =
  /^(__toESM|__export|__toCommonJS|__copyProps|__commonJS|__esm|__initAwait|(require|init)_.*)$/;

/** Globals and objects through which code can be reached in ways that no text shows. */
export const REFLECTION = new Set(['eval', 'Function', 'Reflect', 'Proxy', 'globalThis']);

/** Methods of Object that define members in ways that no text shows. */
export const DEFINING = new Set(['defineProperty', 'defineProperties', '__defineGetter__']);

/** Methods of Object that give members in ways that no text shows. */
export const DESCRIBING = new Set([
  ...['getOwnPropertyDescriptor', 'getOwnPropertyDescriptors', '__lookupGetter__'],
]);

/** Methods that JavaScript calls where no call is written. */
export const IMPLICIT_METHODS = new Set([
  'toString',
  'valueOf',
  'toJSON',
  'next',
  'return',
  'throw',
  'then',
]);
