-- SPDX-License-Identifier: BSD-2-Clause
-- Knot Resolver (CZ.NIC): one kresd. That of 5.x is configured by Lua. The one of 6.x gets what `kresctl convert` makes of a
-- configuration in YAML, as the manager does it; the manager itself, a supervisor in Python whose workers are its
-- grandchildren, is left out, since only the program that was started lives on the clock. So are its HTTP API and the
-- collector of old records; its commands go to the worker's control socket, as the manager's do.

-- The first whose YAML has these keys is 6.0.17. Builds between releases, which tell no version, count as new ones.
local function is_old(subject)
	return subject.version:match("^[1-5]%.") ~= nil
end

local function socket(subject)
	return subject.folder .. (is_old(subject) and "/control.socket" or "/control/kresd")
end

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

-- By what clients ask: kinds as 5.x and 6.x call them. The path of DoH is its own, and the usual one.
local function listeners(subject)
	local list, tls = { { port = 53, old = "dns", new = "dns" } }, subject.tls or {}
	list[#list + 1] = tls.dot and { port = tls.dot, old = "tls", new = "dot" } or nil
	list[#list + 1] = tls.doh and { port = tls.doh, old = "doh2", new = "doh2" } or nil
	return list
end

local function listen(subject)
	local list = { "net.ipv4 = " .. tostring(subject.address4 ~= nil), "net.ipv6 = " .. tostring(subject.address6 ~= nil) }
	for _, address in ipairs { subject.address4 or false, subject.address6 or false } do
		for _, l in ipairs(listeners(subject)) do
			list[#list + 1] = address and ("net.listen('%s', %d, { kind = '%s' })"):format(address, l.port, l.old) or nil
		end
	end
	local tls = subject.tls
	list[#list + 1] = tls and ("net.tls('%s/%s', '%s/%s')"):format(
		subject.folder, tls.certificate, subject.folder, tls.key
	) or nil
	return lines(list)
end

-- The addresses of a hints file, by name, in the order of the file.
local function hints(subject)
	local names, addresses = {}, {}
	for name, address in subject.root_hints:gmatch("(%S+) %d+ A+ (%S+)\n") do
		if not addresses[name] then
			names[#names + 1] = name
			addresses[name] = {}
		end
		table.insert(addresses[name], "'" .. address .. "'")
	end
	local list = { "modules.load('hints > iterate')", "hints.root({" }
	for _, name in ipairs(names) do
		list[#list + 1] = ("    ['%s'] = { %s },"):format(name, table.concat(addresses[name], ", "))
	end
	list[#list + 1] = "})"
	return lines(list)
end

-- Keys that it only reads, or with which it begins and follows the root's by itself (RFC 5011).
local function is_managed(subject)
	return subject.mitigation == "managed-anchor"
end

local function add_anchor(subject)
	return ("trust_anchors.add_file('root.key', %s)"):format(not is_managed(subject))
end

local function validation(subject)
	local validates = subject.root_key ~= "" and subject.mitigation ~= "no-validation"
	return lines { "trust_anchors.remove('.')", validates and add_anchor(subject) or nil }
end

-- The module keeps expired records for a day and gives them out with a TTL of 1 second. At a timeout of 0 it would never
-- look for fresh ones, so "stale first" is not offered.
local SERVE_STALE = lines { "modules.load('serve_stale < cache')", "serve_stale.timeout = 1800 -- milliseconds" }

-- Records are fetched anew in their last hundredth and 5 seconds; what it would learn of the hours of a day is left out.
local PREFETCH = lines { "modules.load('predict')", "predict.config({ period = 0 })" }

-- What a mitigation changes. As it comes it keeps nothing longer than a day; a TTL has at most 31 bits (RFC 2181, section 8).
local MITIGATIONS = {
	["serve-stale"] = SERVE_STALE,
	["prefetch"] = PREFETCH,
	["long-ttls"] = "cache.max_ttl(2147483647)\n",
	["managed-anchor"] = lines { "modules.load('ta_signal_query')", "log_groups({ 'taupd' })" },
}

-- What asks the root for more than clients do, or watches over the machine's clock, stays out, whoever wrote the rest.
local QUIET = lines {
	"modules.unload('ta_update')",
	"modules.unload('ta_signal_query')",
	"modules.unload('priming')",
	"modules.unload('detect_time_skew')",
	"modules.unload('detect_time_jump')",
	"modules.load('stats')",
}

-- The longest name first: the first policy that fits counts.
local function forwarding(subject)
	local list, all = {}, nil
	for _, forward in ipairs(subject.forward) do
		local policy = ("policy.FORWARD({ '%s' })"):format(table.concat(forward.addresses, "', '"))
		if forward.zone == "." then
			all = ("policy.add(policy.all(%s))"):format(policy)
		else
			list[#list + 1] = ("policy.add(policy.suffix(%s, policy.todnames({ '%s' })))"):format(policy, forward.zone)
		end
	end
	table.sort(list, function(a, b)
		return #a > #b
	end)
	list[#list + 1] = all
	return #list > 0 and lines(list) or ""
end

local function forwarding_yaml(subject)
	local list = {}
	for _, forward in ipairs(subject.forward) do
		list[#list + 1] = ("  - { subtree: '%s', servers: [ '%s' ] }"):format(
			forward.zone,
			table.concat(forward.addresses, "', '")
		)
	end
	return #list > 0 and "forward:\n" .. lines(list) or ""
end

local function behind(subject)
	return listen(subject) .. hints(subject) .. validation(subject) .. (MITIGATIONS[subject.mitigation] or "") .. lines {
		"net.listen('" .. socket(subject) .. "', nil, { kind = 'control' })",
	} .. forwarding(subject) .. subject.settings
end

-- A cache that is full kresd empties altogether (a collector beside it would see to that); a night at 100 questions a
-- second leaves 300 MB.
local function configuration(subject)
	return QUIET .. lines { "modules.load('bogus_log')", "cache.size = 400 * MB" } .. behind(subject)
end

-- What a mitigation is in 6.x: a line of a section, or of the worker's Lua. How long serve-stale tries before is not in YAML.
local YAML = {
	["serve-stale"] = { options = "  serve-stale: true", lua = "serve_stale.timeout = 1800 -- milliseconds" },
	["prefetch"] = { cache = "  prefetch: { expiring: true }" },
	["long-ttls"] = { cache = "  ttl-max: 2147483647s" },
}

-- Settings of a scenario are Lua, for the worker, or YAML, for the converter.
local function is_yaml(text)
	return ("\n" .. text):match("\n[%l-]+:%s") ~= nil
end

local function indent(text)
	return (text:gsub("([^\n]+)", "    %1"))
end

local function listen_yaml(subject)
	local list = {}
	for _, address in ipairs { subject.address4 or false, subject.address6 or false } do
		for _, l in ipairs(listeners(subject)) do
			list[#list + 1] = address and ("    - { interface: '%s@%d', kind: %s }"):format(address, l.port, l.new) or nil
		end
	end
	local tls = subject.tls
	list[#list + 1] = tls and ("  tls: { cert-file: '%s/%s', key-file: '%s/%s' }"):format(
		subject.folder, tls.certificate, subject.folder, tls.key
	) or nil
	return lines(list)
end

local function validation_yaml(subject)
	if subject.root_key == "" or subject.mitigation == "no-validation" then
		return lines { "dnssec: { enable: false }" }
	end
	return lines {
		"dnssec:",
		"  log-bogus: true",
		"  signal-query: " .. tostring(is_managed(subject)),
		("  trust-anchors-files: [ { file: root.key, read-only: %s } ]"):format(not is_managed(subject)),
	}
end

local function worker_lua(subject, change)
	return lines {
		"modules.unload('detect_time_skew')",
		not is_managed(subject) and "modules.unload('ta_update')" or "log_groups({ 'taupd' })",
		change.lua,
	} .. hints(subject) .. (is_yaml(subject.settings) and "" or subject.settings)
end

-- What is left out, whoever wrote the rest, is left out as in 5.x. Deferring would be by CPU time, which is the machine's.
local function held(subject, change, level, size)
	return lines {
		"workers: 1",
		"rundir: " .. subject.folder,
		"logging: { " .. level .. "target: stderr }",
		"monitoring: { metrics: always }",
		"defer: { enable: false }",
		"cache:",
		"  storage: " .. subject.folder,
		size,
		change.cache,
	} .. lines {
		"options:",
		"  priming: false",
		"  time-jump-detection: false",
		change.options,
	} .. forwarding_yaml(subject)
end

local SIZE = "  size-max: 400M"

local function yaml(subject)
	local change = YAML[subject.mitigation] or {}
	return held(subject, change, "level: info, ", SIZE) .. validation_yaml(subject) .. lines {
		"network:",
		"  do-ipv4: " .. tostring(subject.address4 ~= nil),
		"  do-ipv6: " .. tostring(subject.address6 ~= nil),
		"  listen:",
	} .. listen_yaml(subject) .. lines {
		"lua:",
		"  script: |",
	} .. indent(worker_lua(subject, change))
end

local function files(subject)
	local is_of_6 = not is_old(subject)
	return {
		["root.key"] = subject.root_key .. "\n",
		["kresd.conf"] = (is_of_6 and yaml or configuration)(subject),
		["settings.yaml"] = is_of_6 and is_yaml(subject.settings) and subject.settings or nil,
	}
end

-- $0 is kresctl, $1 kresd. The rules are loaded by a process of their own, which ends when it has. What is to run behind a
-- user's own Lua stands behind what is made of his file.
local START = [[
mkdir -p control && export SYSTEMD_INSTANCE=kresd &&
for type in policy-loader worker; do "$0" convert --type $type -o $type.lua $2 || exit; done &&
{ [ ! -e behind.lua ] || cat behind.lua >> worker.lua; } &&
"$1" -n -c policy-loader.lua . && exec "$1" -n -c worker.lua .
]]

local function start(subject)
	if is_old(subject) then
		return { subject.program, "-n", "-c", "kresd.conf", "." }
	end
	local sources = "kresd.conf" .. (subject.config and " laid-over.yaml" or "")
		.. (is_yaml(subject.settings) and " settings.yaml" or "")
	return { "/bin/sh", "-c", (START:gsub("%$2", sources)), subject.control, subject.program }
end

-- ---- a user's own configuration ----

local PLAIN = "taken out: servers here speak plain DNS, clients as the scenario says"
local LISTENS, NOBODY = "the address and port that the clients ask", "taken out: nobody here asks it"
local FOLDER, NO_NET = "a folder of its own", "taken out: there is no other network"
local KEY, NOT_HERE = "this world's root key", "taken out: no such server is in this world; it resolves such names by itself"
-- Calls of a user's that cannot hold here, by how they begin, and what holds instead.
local INSTEAD = {
	{ "net%.listen", LISTENS }, { "net%.tls", PLAIN }, { "net%.tls_", PLAIN }, { "net%.outgoing_v", NO_NET },
	{ "user%(", "none: the sandbox keeps it in" },
	{ "trust_anchors%.add", KEY }, { "trust_anchors%.remove", KEY }, { "trust_anchors%.config", KEY },
	{ "hints%.root", "this world's root" }, { "hints%.config", "taken out" }, { "http%.", NOBODY },
	{ "modules%.load%(?%s*['\"]http", NOBODY },
	{ "cache%.open", "a cache in a folder of its own" }, { "cache%.storage", "a cache in a folder of its own" },
	{ "log_target", "stderr" }, { "dofile", "taken out: name one file" }, { "require", "taken out: name one file" },
}

-- The servers of a policy that forwards, and whether all of them are in this world; nil: it is none.
local function forwards(config, call)
	if not call:match "FORWARD" and not call:match "STUB" then
		return nil
	end
	for address in call:gmatch "['\"]([%x.:]+)[@'\"]" do
		if not config.servers[address] then
			return false
		end
	end
	return not call:match "TLS_FORWARD"
end

local function instead_of(config, call)
	if call:match "^%s*policy%.add" and forwards(config, call) == false then
		return NOT_HERE
	end
	for _, row in ipairs(INSTEAD) do
		if call:match("^%s*" .. row[1]) then
			return row[2]
		end
	end
	return nil
end

-- Calls may go over several lines: they end where their parentheses do.
local function depth_of(line)
	local code = line:gsub("%-%-.*", ""):gsub("'[^']*'", ""):gsub('"[^"]*"', "")
	return select(2, code:gsub("[({]", "")) - select(2, code:gsub("[)}]", ""))
end

-- The user's file as it stands, but for what cannot hold in this world; what is laid over it runs last.
local function overlay_lua(subject, config, given)
	if config.name:match "%.ya?ml$" then
		return { error = config.name .. ": Knot Resolver 5 wants kresd.conf, in Lua" }
	end
	local overrides, made, call, number, depth = {}, {}, {}, 0, 0
	for line in config.text:gmatch "([^\n]*\n?)" do
		number = number + 1
		call[#call + 1] = line
		depth = depth + depth_of(line)
		if depth <= 0 then
			local text = table.concat(call)
			local instead = instead_of(config, text)
			if instead then
				local place = ("%s:%d"):format(config.name, number - #call + 1)
				overrides[#overrides + 1] = { place = place, was = call[1]:match "^%s*(.-)%s*$", is = instead }
				for i, one in ipairs(call) do
					call[i] = "-- sigfault: " .. one
				end
			end
			made[#made + 1] = table.concat(call)
			call, depth = {}, 0
		end
	end
	made[#made + 1] = table.concat(call)
	given["kresd.conf"] = table.concat(made) .. lines { "", "-- What sigfault lays over it." } .. QUIET .. behind(subject)
	return { files = given, overrides = overrides, notes = {}, settings = {}, copies = { ["kresd.conf"] = config.name } }
end

-- ---- the same as YAML ----

local ABSENT = "%s:%d: '%s' is not there: name the folder that has it, with the configuration at its top, as --config FOLDER"
-- What of a user's cannot hold here, by its path, and what holds instead.
local INSTEAD_YAML = {
	workers = "one: each would be a process of its own", rundir = FOLDER, management = NOBODY, defer = "no: it goes by CPU time",
	["cache.storage"] = FOLDER, ["cache.garbage-collector"] = "none: a cache that is full is emptied", ["cache.prefill"] = NOBODY,
	["network.listen"] = LISTENS, ["network.tls"] = PLAIN, ["network.quic"] = PLAIN, ["network.proxy-protocol"] = NOBODY,
	["network.out-interface-v4"] = NO_NET, ["network.out-interface-v6"] = NO_NET,
	["dnssec.trust-anchors"] = KEY, ["dnssec.trust-anchors-files"] = KEY, ["dnssec.signal-query"] = "no: nobody reads it",
	["logging.target"] = "stderr", ["logging.dnstap"] = NOBODY, ["monitoring.metrics"] = "always", ["monitoring.graphite"] = NOBODY,
	["options.priming"] = "no: the root is told", ["options.time-jump-detection"] = "no: it watches the machine's clock",
	["lua.script-only"] = "no", ["lua.policy-script-only"] = "no",
}
-- Files that it is to read.
local READS = {
	"^local%-data%.addresses%-files%[%d+%]$", "^local%-data%.rpz%[%d+%]%.file$", "^local%-data%.rules%[%d+%]%.file",
	"^lua%.script%-file$", "^lua%.policy%-script%-file$",
}

local Yaml = {}
Yaml.__index = Yaml

-- The servers of a forward, and whether one of them is elsewhere or wants TLS.
function Yaml:forwards_away(i)
	local path, why = self.entries[i].path, nil
	for k = i + 1, #self.entries do
		local entry = self.entries[k]
		local rest = entry.path:sub(1, #path) == path and entry.path:sub(#path + 1)
		if not rest then
			break
		elseif entry.value and rest:match "transport$" then
			why = why or PLAIN
		elseif entry.value and (rest:match "servers%[%d+%]$" or rest:match "address$" or rest:match "address%[%d+%]$") then
			why = not self.config.servers[entry.value:match "^[^@]*"] and NOT_HERE or why
		end
	end
	return why
end

function Yaml:instead_of(i)
	local path = self.entries[i].path
	if path:match "^forward%[%d+%]$" or path == "fallback" then
		return self:forwards_away(i)
	end
	return INSTEAD_YAML[path] or self.sets[path]
end

-- A file of a user's that it is to read becomes one of its folder.
function Yaml:copied(entry)
	for _, pattern in ipairs(entry.value and READS or {}) do
		if entry.path:match(pattern) then
			local found = self.config.include(entry.value)[1]
			self.error = self.error or not found and ABSENT:format(self.config.name, entry.line, entry.value) or nil
			self.count = self.count + 1
			self.files["file-" .. self.count] = found and found.text or ""
			return ("'file-%d'"):format(self.count)
		end
	end
	return nil
end

function Yaml:edit(text)
	local changes, has = {}, {}
	for i, entry in ipairs(self.entries) do
		local place = ("%s:%d"):format(self.config.name, entry.line)
		local is_out = changes[entry.parent] == ""
		local instead = not is_out and self:instead_of(i)
		changes[i] = (instead or is_out) and "" or self:copied(entry)
		if instead then
			local was = text:sub(entry.from, entry.to):match "^[^\n]*"
			self.overrides[#self.overrides + 1] = { place = place, was = was, is = instead }
		elseif not is_out and entry.kind ~= "map" and not entry.path:match "%[" then
			local value = entry.value or text:sub(entry.from, entry.to):gsub("^[^:]*:%s*", ""):gsub("%s+", " ")
			self.settings[#self.settings + 1] = { name = entry.path, value = value, place = place }
			changes[i] = entry.path == self.without and "" or changes[i]
			has[entry.path] = changes[i] ~= "" and (entry.value or "") or nil
		end
	end
	return self.config.change(text, changes, "# sigfault: "), has
end

-- What the mitigation sets, by its own YAML or a scenario's: what stands there twice the converter refuses.
local function sets(subject, config)
	local list, change = {}, YAML[subject.mitigation] or {}
	local own = lines { "cache:", change.cache or "" } .. lines { "options:", change.options or "" }
	for _, text in ipairs { own, is_yaml(subject.settings) and subject.settings or "" } do
		for _, entry in ipairs(config.yaml(text) or {}) do
			list[entry.path] = entry.kind ~= "map" and entry.value ~= "" and "the mitigation sets it" or nil
		end
	end
	list["dnssec.enable"] = subject.mitigation == "no-validation" and "the mitigation sets it" or nil
	return list
end

local function laid_over(subject, has, change)
	local dnssec = has["dnssec.enable"] == "false" and "" or validation_yaml(subject)
	if has["dnssec.log-bogus"] then
		dnssec = dnssec:gsub("  log%-bogus: true\n", "")
	end
	return "# What sigfault lays over it.\n" .. held(subject, change, "", has["cache.size-max"] and "" or SIZE) .. dnssec
		.. lines { "network:", "  listen:" } .. listen_yaml(subject)
end

local function overlay_yaml(subject, config, given)
	local entries, why = config.yaml(config.text)
	if not entries then
		return { error = ("%s:%s (Knot Resolver 6 wants YAML)"):format(config.name, why) }
	end
	local change = YAML[subject.mitigation] or {}
	local o = setmetatable({
		config = config, files = given, entries = entries, overrides = {}, notes = {}, settings = {}, count = 0,
		without = subject.without, copies = { ["kresd.conf"] = config.name }, sets = sets(subject, config),
		complaints = { "\t" },
	}, Yaml)
	local text, has = o:edit(config.text)
	given["kresd.conf"] = text .. (next(has) and "" or "\n{}\n")
	given["laid-over.yaml"] = laid_over(subject, has, change)
	given["behind.lua"] = worker_lua(subject, change)
	if has["dnssec.enable"] == "false" then
		o.notes[1] = "DNSSEC is switched off in it: it does not validate."
	end
	return o
end

local function overlay(subject, config, given)
	return (is_old(subject) and overlay_lua or overlay_yaml)(subject, config, given)
end

-- Sends a line of Lua, says what came back, and fails unless that has the word `done`. kresd's own client is for people
-- at a terminal; Perl is part of every Debian.
local CLIENT = [[
my $socket = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$ARGV[0]: $!\n";
print $socket "$ARGV[1]\n";
shutdown($socket, 1);
my $answer = join("", <$socket>);
print $answer;
exit($answer =~ /\bdone\b/ ? 0 : 1);
]]

local function control(subject, code)
	return { "/usr/bin/perl", "-MIO::Socket::UNIX", "-e", CLIENT, socket(subject), code }
end

local function call(subject, code)
	return control(subject, ("(function(ok, why) return ok and 'done' or why end)(pcall(function() %s end))"):format(code))
end

return {
	name = "knot",
	title = "Knot Resolver",
	program = "kresd",
	control = "kresctl", -- of 6.x
	package = "knot-resolver|knot-resolver6",
	version = { arguments = { "--version" }, pattern = "version (%d[%w.]*)" },

	configuration = "kresd.conf",
	files = files,
	forwards = true,
	transports = { dot = "", doh = "" },
	overlay = overlay,
	looks_for = function(subject)
		return is_old(subject) and { "kresd.conf" } or { "config.yaml", "kresd.conf" }
	end,
	start = start,

	operations = {
		["nta"] = function(subject, zone)
			return { call(subject, ("trust_anchors.set_insecure({ '%s' })"):format(zone)) }
		end,
		["nta-remove"] = function(subject, zone)
			local others = "local list = {} for _, n in ipairs(trust_anchors.insecure) do "
				.. "if n ~= '%s' then table.insert(list, n) end end trust_anchors.set_insecure(list)"
			return { call(subject, others:format(zone)) }
		end,
		["flush"] = function(subject, zone)
			return { call(subject, ("cache.clear('%s')"):format(zone)) }
		end,
		["flush-all"] = function(subject)
			return { call(subject, "cache.clear()") }
		end,
		["validation-off"] = function(subject)
			return { call(subject, "trust_anchors.remove('.')") }
		end,
		["validation-on"] = function(subject)
			return { call(subject, add_anchor(subject)) }
		end,
	},

	counters = {
		command = function(subject)
			return control(subject, "tojson({ stats = stats.list(), worker = worker.stats(), cache = cache.stats(), done = 1 })")
		end,
		-- { "stats": { "answer.total": 3, … }, "worker": { … }, … }, and from 6 on { "stats": { "answer": { "total": 3, … }, … }, … }
		read = function(text)
			local counters = {}
			local function read(prefix, object)
				local own = object:sub(2, -2):gsub('"([^"]+)":(%b{})', function(name, inner)
					read(name == "stats" and "" or prefix .. name .. ".", inner)
					return ""
				end)
				for name, value in own:gmatch('"([^"]+)":(-?[%d.eE+-]+)') do
					counters[prefix .. name] = tonumber(value)
				end
			end
			read("", text:match "%b{}" or "{}")
			counters["request-list"] = counters["worker.concurrent"]
			return counters
		end,
	},

	mitigations = {
		["none"] = { about = "as it comes: nothing is done" },
		["serve-stale"] = { about = "answers from expired records when no server can be reached (RFC 8767)" },
		["prefetch"] = { about = "asks anew when a hundredth of a record's time and 5 seconds are left" },
		["no-validation"] = { about = "does not validate" },
		["managed-anchor"] = { about = "follows the root's keys by itself (RFC 5011)" },
		["long-ttls"] = { about = "keeps what it fetched as long as its TTL says" },
	},
}
