// What an expression and a `js` find. Webitel's own engine knows ES5, so newer functions are taken away.
// QuickJS looks at the clock in loops of a script, but only every 10,000 turns, and not in every function of its own:
// what could run on without end there, over the length of an array or two long texts, is written once more here or has
// a bound, and what takes as long as its text looks at the clock before.
(function () {
  'use strict';
  var LONG = 1e7, PATTERN = 10000;
  var text = String, floor = Math.floor, fromRegExp = RegExp, stringify = JSON.stringify, isArray = Array.isArray;
  var apply = Reflect.apply, tick = _tick;

  function define(object, functions) {
    Object.keys(functions).forEach(function (name) {
      Object.defineProperty(object, name, { value: functions[name], writable: true, configurable: true });
    });
  }

  function length(list) {
    var number = +list.length;
    return number > 0 ? floor(number) : 0;
  }

  // A relative index, as `slice` takes it.
  function index(given, all, missing) {
    if (given === undefined) return missing;
    var at = +given || 0;
    at = at < 0 ? Math.ceil(at) : floor(at);
    return at < 0 ? (all + at > 0 ? all + at : 0) : (at < all ? at : all);
  }

  function move(list, from, to) {
    if (from in list) list[to] = list[from];
    else delete list[to];
  }

  function append(list, more) {
    var all = length(more), start = list.length;
    for (var at = 0; at < all; at++) if (at in more) list[start + at] = more[at];
    list.length = start + all;
  }

  function isBefore(compare, a, b) {
    if (compare !== undefined) return !(compare(b, a) < 0);
    return !(text(b) < text(a));
  }

  function merged(items, compare) {
    for (var width = 1; width < items.length; width *= 2) {
      var next = [];
      for (var start = 0; start < items.length; start += 2 * width) {
        var a = start, middle = start + width, b = middle, end = middle + width;
        while ((a < middle && a < items.length) || (b < end && b < items.length)) {
          var first = b >= end || b >= items.length || (a < middle && isBefore(compare, items[a], items[b]));
          next[next.length] = first ? items[a++] : items[b++];
        }
      }
      items = next;
    }
    return items;
  }

  define(Array.prototype, {
    join: function (separator) {
      var between = separator === undefined ? ',' : text(separator), out = '', all = length(this);
      for (var at = 0; at < all; at++) {
        var value = this[at];
        out += (at ? between : '') + (value === undefined || value === null ? '' : text(value));
      }
      return out;
    },
    toString: function () { return this.join(); },
    reverse: function () {
      for (var low = 0, high = length(this) - 1; low < high; low++, high--) {
        var value = this[low], is = low in this;
        move(this, high, low);
        if (is) this[high] = value;
        else delete this[high];
      }
      return this;
    },
    concat: function () {
      var out = [];
      append(out, isArray(this) ? this : [this]);
      for (var at = 0; at < arguments.length; at++) {
        append(out, isArray(arguments[at]) ? arguments[at] : [arguments[at]]);
      }
      return out;
    },
    slice: function (from, to) {
      var all = length(this), out = [], end = index(to, all, all), at = index(from, all, 0);
      for (var n = 0; at < end; at++, n++) if (at in this) out[n] = this[at];
      out.length = n;
      return out;
    },
    splice: function (from, count) {
      var all = length(this), start = index(from, all, 0), out = [];
      var more = arguments.length > 2 ? arguments.length - 2 : 0;
      var gone = arguments.length < 2 ? (arguments.length ? all - start : 0) : floor(+count || 0);
      gone = gone < 0 ? 0 : gone < all - start ? gone : all - start;
      for (var at = 0; at < gone; at++) if (start + at in this) out[at] = this[start + at];
      out.length = gone;
      if (more < gone) {
        for (at = start; at < all - gone; at++) move(this, at + gone, at + more);
        for (at = all; at > all - gone + more; at--) delete this[at - 1];
      } else if (more > gone) {
        for (at = all - gone; at > start; at--) move(this, at + gone - 1, at + more - 1);
      }
      for (at = 0; at < more; at++) this[start + at] = arguments[at + 2];
      this.length = all - gone + more;
      return out;
    },
    shift: function () {
      var first = this[0];
      if (length(this)) this.splice(0, 1);
      return first;
    },
    unshift: function () {
      for (var at = arguments.length - 1; at >= 0; at--) this.splice(0, 0, arguments[at]);
      return length(this);
    },
    sort: function (compare) {
      var all = length(this), items = [], nothing = 0;
      for (var at = 0; at < all; at++) {
        if (!(at in this)) continue;
        if (this[at] === undefined) nothing++;
        else items[items.length] = this[at];
      }
      items = merged(items, compare);
      for (at = 0; at < items.length; at++) this[at] = items[at];
      for (; nothing > 0; nothing--, at++) this[at] = undefined;
      for (; at < all; at++) delete this[at];
      return this;
    }
  });

  // Functions that look for one text in another take no time here, unless both are long.
  ['indexOf', 'lastIndexOf', 'replace', 'split'].forEach(function (name) {
    var own = String.prototype[name];
    var functions = {};
    functions[name] = function (what, second) {
      tick();
      var all = text(this), is = what instanceof fromRegExp;
      if (!is && !(name === 'split' && what === undefined)) {
        what = text(what);
        if (all.length * what.length > LONG) throw new RangeError('these texts are too long for ' + name);
      }
      return arguments.length > 1 ? own.call(all, what, second) : own.call(all, what);
    };
    define(String.prototype, functions);
  });
  ['match', 'search'].forEach(function (name) {
    var own = String.prototype[name];
    var functions = {};
    functions[name] = function (what) {
      tick();
      return own.call(text(this), what instanceof fromRegExp ? what : new Pattern(what));
    };
    define(String.prototype, functions);
  });
  define(String.prototype, {
    localeCompare: function (other) {
      tick();
      var own = text(this), its = text(other);
      return own < its ? -1 : own > its ? 1 : 0;
    }
  });

  function Pattern(source, flags) {
    if (source instanceof fromRegExp) {
      return flags === undefined ? new fromRegExp(source) : new fromRegExp(source, flags);
    }
    var pattern = source === undefined ? '' : text(source);
    if (pattern.length > PATTERN) throw new RangeError('this pattern is too long');
    return new fromRegExp(pattern, flags);
  }
  Pattern.prototype = fromRegExp.prototype;
  define(fromRegExp.prototype, { constructor: Pattern });
  define(globalThis, { RegExp: Pattern });

  define(JSON, {
    stringify: function (value, replacer, space) {
      if (isArray(replacer)) {
        var names = [];
        for (var at = 0; at < replacer.length; at++) names[at] = replacer[at];
        replacer = names;
      }
      return stringify(value, replacer, space);
    }
  });

  // The functions of QuickJS that take as long as their text or list.
  function clocked(object, names) {
    names.split(' ').forEach(function (name) {
      var own = object[name], functions = {};
      functions[name] = function () {
        tick();
        return apply(own, this, arguments);
      };
      define(object, functions);
    });
  }

  clocked(Array.prototype, 'indexOf lastIndexOf push');
  clocked(Function.prototype, 'apply');
  clocked(JSON, 'parse stringify');
  clocked(Object, 'create defineProperties freeze getOwnPropertyNames isFrozen isSealed keys seal');
  clocked(fromRegExp.prototype, 'exec test');
  clocked(String.prototype, 'concat slice substr substring toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase ' +
    'trim trimLeft trimRight');
  clocked(globalThis, 'decodeURI decodeURIComponent encodeURI encodeURIComponent escape isFinite isNaN parseFloat ' +
    'parseInt unescape');

  // Whole numbers and ranges of them, with commas between, as in `&hour(9-17,20)`.
  function isIn(ranges, now) {
    return ranges.replace(/\s/g, '').split(',').some(function (range) {
      var ends = range.split('-');
      if (!ends.every(function (end) { return /^[+-]?\d+$/.test(end); })) return false;
      var from = +ends[0], to = +ends[ends.length - 1];
      return now >= Math.min(from, to) && now <= Math.max(from, to);
    });
  }

  function time(of) {
    return function (ranges) {
      var now = of(_local());
      return ranges === '' ? now : isIn(text(ranges), now);
    };
  }

  function two(number) { return (number < 10 ? '0' : '') + number; }

  // A time of day as a number whose digits are the hour, the minute and the second.
  function digits(clock) {
    var parts = clock.split(':');
    return (+parts[0] || 0) * 10000 + (+parts[1] || 0) * 100 + (+parts[2] || 0);
  }

  // In the order of `_local`: year, month, day, hour, minute, second, day of the year, week, week of the month,
  // weekday.
  globalThis.sys = {
    getVariable: function (name) { return _getChannelVar(text(name)); },
    year: time(function (now) { return now[0]; }),
    mon: time(function (now) { return now[1]; }),
    mday: time(function (now) { return now[2]; }),
    hour: time(function (now) { return now[3]; }),
    minute: time(function (now) { return now[4]; }),
    yday: time(function (now) { return now[6]; }),
    week: time(function (now) { return now[7]; }),
    mweek: time(function (now) { return now[8]; }),
    wday: time(function (now) { return now[9]; }),
    minute_of_day: time(function (now) { return now[3] * 60 + now[4]; }),
    time_of_day: function (ranges) {
      var now = _local(), current = now[3] * 10000 + now[4] * 100 + now[5];
      if (ranges === '') return two(now[3]) + ':' + two(now[4]);
      return ranges.split(',').some(function (range) {
        var ends = range.split('-');
        return ends.length === 2 && current >= digits(ends[0]) && current <= digits(ends[1]);
      });
    },
    date_time: function (ranges) {
      var now = _local();
      var day = now[0] + '-' + two(now[1]) + '-' + two(now[2]);
      var current = day + ' ' + two(now[3]) + ':' + two(now[4]) + ':' + two(now[5]);
      if (ranges === '') return current;
      return ranges.split(',').some(function (range) {
        var ends = range.split('~').map(function (end) { return end.length === 16 ? end + ':00' : end; });
        return ends.length === 2 && ends.every(function (end) { return end.length === 19; }) &&
          current >= ends[0] && current <= ends[1];
      });
    }
  };
  globalThis.LocalDate = function () {
    var now = _local();
    return new Date(now[0], now[1] - 1, now[2], now[3], now[4], now[5]);
  };

  // What cannot be deleted says so, and what was never looked at is deleted before it is made.
  function keep(object, names) {
    names = names.split(' ');
    Object.getOwnPropertyNames(object).forEach(function (name) {
      try {
        if (names.indexOf(name) < 0) delete object[name];
      } catch (error) {}
    });
  }

  keep(Iterator.prototype, '');
  keep(Promise, 'length name prototype');
  // Whoever has a function has what makes functions of texts.
  [function () {}, function* () {}, async function () {}, async function* () {}].forEach(function (some) {
    keep(Object.getPrototypeOf(some), 'apply bind call length name prototype toString');
  });
  keep(Array, 'isArray length name prototype');
  keep(Array.prototype, 'concat constructor every filter forEach indexOf join lastIndexOf length map pop push reduce ' +
    'reduceRight reverse shift slice some sort splice toString unshift');
  keep(fromRegExp.prototype, 'constructor dotAll exec flags global hasIndices ignoreCase multiline source sticky ' +
    'test toString unicode unicodeSets');
  keep(String, 'fromCharCode length name prototype');
  keep(String.prototype, 'charAt charCodeAt concat constructor indexOf lastIndexOf length localeCompare match ' +
    'replace search slice split substr substring toLocaleLowerCase toLocaleUpperCase toLowerCase toString ' +
    'toUpperCase trim trimLeft trimRight valueOf');
  keep(Object, 'create defineProperties defineProperty freeze getOwnPropertyDescriptor getOwnPropertyNames ' +
    'getPrototypeOf isExtensible isFrozen isSealed keys length name preventExtensions prototype seal');
  keep(globalThis, 'Array Boolean Date Error EvalError Infinity JSON LocalDate Math NaN Number Object RangeError ' +
    'ReferenceError RegExp String SyntaxError TypeError URIError _getChannelVar _local decodeURI decodeURIComponent ' +
    'encodeURI encodeURIComponent escape isFinite isNaN parseFloat parseInt sys undefined unescape');
})();
