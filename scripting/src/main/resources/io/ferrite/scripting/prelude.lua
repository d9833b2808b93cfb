-- Runs once in a new state, before any script: makes of Lua's libraries what scripts may see.
--
-- A table that scripts must not change is handed out as a stand-in: an empty table that looks up in the
-- real one and refuses assignments. What would look into a table past its metatable (next, rawset,
-- table.insert, ...) knows the stand-ins; those guards are Java's (see Sandbox). The real tables never
-- get into a script's hands.

local native = ...
local globals = _G
local ipairs, pairs, string = ipairs, pairs, string
local type, tostring, select, error, pcall = type, tostring, select, error, pcall
local setmetatable, getmetatable, rawset = setmetatable, getmetatable, rawset
local byte, concat, find, sub = string.byte, table.concat, string.find, string.sub
local getinfo = debug.getinfo
local loadstring, collectgarbage = loadstring, collectgarbage

-- What scripts take for the global table. It is the environment of the functions below too, as any
-- function can be asked for its own.
local outside = {}
setfenv(1, outside)

local function protect(real, metatable)
  local stand_in = {}
  setmetatable(stand_in, {__index = real, __newindex = native.readonly})
  native.protect(stand_in, real, metatable)
  return stand_in
end

-- What is not for scripts.
for _, name in ipairs {
  'debug', 'dofile', 'loadfile', 'print', 'newproxy', 'module', 'require', 'package',
} do
  globals[name] = nil
end

-- The value of an error that came through redis.call is a table; scripts expect its text.
local function caught(ok, ...)
  if ok then
    return ok, ...
  end
  local value = ...
  if type(value) == 'table' then
    local text = value.err
    if type(text) == 'string' or type(text) == 'number' then
      return false, text
    end
  end
  return ok, ...
end

globals.pcall = function(...)
  if select('#', ...) == 0 then
    error("bad argument #1 to 'pcall' (value expected)", 2)
  end
  return caught(pcall(...))
end

-- With pcall, because the handler of Lua's own runs where nothing can stop it.
local function handled(handler, ok, ...)
  if ok then
    return ok, ...
  end
  return false, handler(...)
end

globals.xpcall = function(f, handler)
  return handled(handler, pcall(f))
end

-- Compiled code is not checked by Lua and must not get in; a space before it makes it a syntax error.
local function text_of(chunk)
  if byte(chunk, 1) == 27 then
    return ' ' .. chunk
  end
  return chunk
end

-- What C calls a value that is not there.
local function kind(value)
  return value == nil and 'no value' or type(value)
end

-- The name is held while the chunk is parsed, as C sees it: see Interpreter.keepNames.
local function compiled(chunk, name)
  name = tostring(name)
  local zero = find(name, '\0', 1, true)
  local held = zero and sub(name, 1, zero - 1) or name
  local code, problem = loadstring(text_of(chunk), held)
  if not code then
    return nil, problem
  end
  if not native.secure(code) then
    return nil, 'function with too many parameters'
  end
  return code
end

globals.loadstring = function(chunk, name)
  if type(chunk) ~= 'string' and type(chunk) ~= 'number' then
    error("bad argument #1 to 'loadstring' (string expected, got " .. kind(chunk) .. ')', 2)
  end
  chunk = tostring(chunk)
  return compiled(chunk, name or chunk)
end

local function pieces(reader)
  local parts = {}
  while true do
    local part = reader()
    if part == nil or part == '' then
      return concat(parts)
    end
    if type(part) ~= 'string' then
      error('reader function must return a string', 0)
    end
    parts[#parts + 1] = part
  end
end

globals.load = function(reader, name)
  if type(reader) ~= 'function' then
    error("bad argument #1 to 'load' (function expected, got " .. type(reader) .. ')', 2)
  end
  local ok, chunk = pcall(pieces, reader)
  if not ok then
    return nil, chunk
  end
  return compiled(chunk, name or '=(load)')
end

-- A script may collect, not keep others' garbage from being collected.
globals.collectgarbage = function(what, argument)
  if what == nil or what == 'collect' or what == 'count' or what == 'step' then
    return collectgarbage(what or 'collect', argument)
  end
  if what == 'stop' or what == 'restart' or what == 'setpause' or what == 'setstepmul' then
    return 0
  end
  error("bad argument #1 to 'collectgarbage' (invalid option '" .. tostring(what) .. "')", 2)
end

for _, name in ipairs {'pcall', 'xpcall', 'loadstring', 'load', 'collectgarbage'} do
  native.own(globals[name])
end

native.lookup(function(map, key) return map[key] end)

local seek = native.seek
local string_library = globals.string
string_library.gmatch = function(subject, pattern)
  if type(subject) ~= 'string' and type(subject) ~= 'number' then
    error("bad argument #1 to 'gmatch' (string expected, got " .. kind(subject) .. ')', 2)
  end
  if type(pattern) ~= 'string' and type(pattern) ~= 'number' then
    error("bad argument #2 to 'gmatch' (string expected, got " .. kind(pattern) .. ')', 2)
  end
  subject, pattern = tostring(subject), tostring(pattern)
  local at = 1
  local function go(next, ...)
    if next then
      at = next
      return ...
    end
  end
  return function()
    return go(seek(subject, pattern, at))
  end
end
string_library.gfind = string_library.gmatch
native.own(string_library.gmatch)

globals.os = {clock = native.clock}

for _, name in ipairs(native.libraries) do
  globals[name] = native[name]
end

-- A copy of the library, with the same settings.
local cjson = native.cjson
cjson.new = function()
  local copy = {}
  for name, value in pairs(cjson) do
    copy[name] = value
  end
  return copy
end
native.own(cjson.new)

-- What scripts see of each library.
for name, value in pairs(globals) do
  if type(value) == 'table' and value ~= globals then
    globals[name] = protect(value)
  end
end
globals.server = globals.redis

local strings = getmetatable('')
strings.__metatable = protect {__index = globals.string}

-- An unknown global is an error, and so is a new one.
local lookup = {__index = native.undefined}
setmetatable(globals, lookup)
local stand_in = {__index = globals, __newindex = native.readonly}
setmetatable(outside, stand_in)
native.protect(outside, globals, protect(lookup))
globals._G = outside

-- While a library of functions is loaded, there is nothing but the means to register them.
local loading
if native.loading then
  setmetatable(native.loading, lookup)
  loading = setmetatable({redis = protect(native.loading), server = nil}, lookup)
  rawset(loading, 'server', loading.redis)
end

-- Says where an error happened: in the function that raised it, or in the one that called C.
local function handler(value)
  local level = 2
  local at = getinfo(level, 'Sl')
  while at and (at.what == 'C' and level == 2 or at.source == '=prelude') do
    level = level + 1
    at = getinfo(level, 'Sl')
  end
  if type(value) ~= 'table' then
    value = {err = 'ERR ' .. tostring(value)}
  end
  if at then
    value.source = at.source
    value.line = at.currentline
  end
  return value
end

return outside, globals, stand_in, loading, handler
