-- SPDX-License-Identifier: BSD-2-Clause
-- PowerDNS Recursor, 4.7 and later. From 5.1 on its configuration is YAML, trust anchors among it; before, it is a list of
-- settings and a file of Lua.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

local function listen(subject)
	local list = { subject.address4 }
	list[#list + 1] = subject.address6
	return table.concat(list, ", ")
end

local function validation(subject)
	return subject.mitigation == "no-validation" and "process-no-validate" or "validate"
end

local function anchors(subject, form)
	local list = {}
	for ds in subject.root_ds:gmatch("DS%s+(%d+%s+%d+%s+%d+%s+%x+)") do
		list[#list + 1] = form:format(ds)
	end
	return list
end

-- What a mitigation changes. A stale record is kept for 2880 times 30 seconds, a day (RFC 8767, section 5); there is no
-- timer for the client: it is given out when the look-up has failed. As it comes it keeps nothing longer than a day; a TTL
-- has at most 31 bits (RFC 2181, section 8).
local MITIGATIONS = {
	["serve-stale"] = { "serve-stale-extensions=2880", "  serve_stale_extensions: 2880" },
	["prefetch"] = { "refresh-on-ttl-perc=10", "  refresh_on_ttl_perc: 10" },
	["long-ttls"] = { "max-cache-ttl=2147483647", "  max_ttl: 2147483647" },
	["long-denials"] = { "max-negative-ttl=86400", "  max_negative_ttl: 86400" },
	["short-bogus"] = {
		"max-cache-bogus-ttl=5\npacketcache-servfail-ttl=5",
		"  max_cache_bogus_ttl: 5\npacketcache:\n  servfail_ttl: 5",
	},
}

-- ---- to 5.0 ----

-- A build between releases counts as a new one: its version is 0.0 and a number.
local function is_old(subject)
	return subject.version:match("^4%.") or subject.version:match("^5%.0%.")
end

-- What holds in this world, whoever wrote the rest: its folder, addresses and clients, and what it leaves to the sandbox;
-- the world's root, and that servers with private addresses may be asked, too.
local function old_place(subject)
	return lines {
		"config-dir=" .. subject.folder,
		"socket-dir=" .. subject.folder,
		"local-address=" .. listen(subject),
		"local-port=53",
		"allow-from=0.0.0.0/0, ::/0",
		"daemon=no",
		"write-pid=no",
		"disable-syslog=yes",
	}
end

local OLD_WORLD = lines {
	"setuid=",
	"setgid=",
	"hint-file=root.hints",
	"lua-config-file=anchor.lua",
	"security-poll-suffix=",
}
local OLD_ASKS = "dont-query=\n"

-- Its own list knows both: zone=address;address, zone=...
local function old_forwards(subject)
	local list = {}
	for _, forward in ipairs(subject.forward) do
		list[#list + 1] = forward.zone .. "=" .. table.concat(forward.addresses, ";")
	end
	return #list > 0 and "forward-zones-recurse=" .. table.concat(list, ", ") .. "\n" or ""
end

local function forwards(subject)
	local list = {}
	for _, forward in ipairs(subject.forward) do
		list[#list + 1] = ("  - { zone: '%s', forwarders: [ '%s' ] }"):format(
			forward.zone,
			table.concat(forward.addresses, "', '")
		)
	end
	return #list > 0 and "  forward_zones_recurse:\n" .. lines(list) or ""
end

local function old_behind(subject)
	local change = MITIGATIONS[subject.mitigation]
	return old_forwards(subject) .. (change and change[1] .. "\n" or "") .. subject.settings
end

local function old_configuration(subject)
	return old_place(subject) .. lines { "threads=" .. (subject.options.threads or 1) } .. OLD_WORLD .. lines {
		"# else it asks no server with a private address",
	} .. OLD_ASKS .. lines {
		"# as it comes it validates only for those who set DO or AD",
		"dnssec=" .. validation(subject),
		"dnssec-log-bogus=yes",
		"extended-resolution-errors=yes",
	} .. old_behind(subject)
end

local function old_files(subject)
	return {
		["recursor.conf"] = old_configuration(subject),
		["anchor.lua"] = "clearTA()\n" .. lines(anchors(subject, 'addTA(".", "%s")')),
		["root.hints"] = subject.root_hints,
	}
end

-- ---- from 5.1 on ----

-- Scenarios have settings as lines of name=value or as YAML. PowerDNS itself makes YAML of the former, and lays what is in
-- a folder over the configuration.
local function is_yaml(text)
	return ("\n" .. text):match("\n[%l_]+:%s") ~= nil
end

-- What cannot be converted it does not name.
local START = 'mkdir -p settings && { %s > settings/more.yml || { echo "these settings of the mitigation are not taken:" >&2; '
	.. '{ cat settings.conf; echo; cat settings/more.yml; } >&2; exit 1; }; } && exec "$1" --config-dir="$PWD"'
local AS_IT_IS = START:format("cat settings.yml")
local CONVERTED = START:format('"$0" show-yaml settings.conf')

local function comment(text)
	return (text:gsub("([^\n]+)\n?", "# %1\n"))
end

local function more(subject)
	if subject.settings == "" then
		return ""
	end
	return lines { "# what the mitigation sets, by recursor.include_dir:" } .. comment(subject.settings)
end

-- The same as YAML; `own` of dnssec is what only one of them says.
local function folders(subject)
	return lines { "  config_dir: " .. subject.folder, "  socket_dir: " .. subject.folder }
end

local WORLD = lines { "  hint_file: root.hints", "  security_poll_suffix: ''" }

local function served(subject, own)
	local change = MITIGATIONS[subject.mitigation]
	return lines {
		"incoming:",
		"  listen: [ '" .. listen(subject):gsub(", ", "', '") .. "' ]",
		"  port: 53",
		"  allow_from: [ '0.0.0.0/0', '::/0' ]",
		"outgoing:",
		"  dont_query: [ ] # else it asks no server with a private address",
		"dnssec:",
	} .. own .. lines {
		"  trustanchors: # an entry for the root stands in place of the built-in one, an empty one, too",
		"  - name: .",
		"    dsrecords: [ " .. table.concat(anchors(subject, "'%s'"), ", ") .. " ]",
		"logging:",
		"  disable_syslog: true",
		change and "recordcache:",
		change and change[2],
	}
end

local function configuration(subject)
	return "recursor:\n" .. folders(subject) .. lines {
		"  include_dir: '" .. (subject.settings ~= "" and subject.folder .. "/settings" or "") .. "'",
		"  threads: " .. (subject.options.threads or 1),
	} .. WORLD .. lines { "  extended_resolution_errors: true" } .. forwards(subject) .. served(subject, lines {
		"  validation: " .. validation(subject) .. " # as it comes only for those who set DO or AD",
		"  log_bogus: true",
	}) .. more(subject)
end

local function files(subject)
	local list = { ["recursor.conf"] = configuration(subject), ["root.hints"] = subject.root_hints }
	if subject.settings ~= "" then
		list[is_yaml(subject.settings) and "settings.yml" or "settings.conf"] = subject.settings
	end
	return list
end

-- Over a user's file lies a folder: what his own include_dir has, what the testbed needs, what the mitigation sets, in this
-- order. The name on the command line stands in place of that of a folder in the file.
local LAID_OVER = 'mkdir -p settings && find . -maxdepth 1 -name "*.yml" -exec mv -t settings {} + && '
	.. '{ [ ! -e settings.conf ] || "$0" show-yaml settings.conf > '
	.. 'settings/3.yml || { echo "these settings of the mitigation are not taken:" >&2; cat settings.conf settings/3.yml >&2; '
	.. 'exit 1; }; } && exec "$1" --config-dir="$PWD" --include-dir="$PWD/settings"'

local function start(subject)
	if subject.config and not is_old(subject) then
		return { "/bin/sh", "-c", LAID_OVER, subject.control, subject.program }
	end
	if is_old(subject) or subject.settings == "" then
		return { subject.program, "--config-dir=" .. subject.folder }
	end
	return { "/bin/sh", "-c", is_yaml(subject.settings) and AS_IT_IS or CONVERTED, subject.control, subject.program }
end

-- ---- a user's own configuration ----

local NOT_HERE = "taken out: no such server is in this world; it resolves such names by itself"
local PLAIN, ALL_MAY = "taken out: in this world there is plain DNS alone", "all of this world's clients may ask"
local LISTENS, ALONE, STDERR = "the address and port that the clients ask", "none: the sandbox keeps it in", "stderr"
local FOLDER, NOBODY = "a folder of its own", "taken out: nobody here is there to talk to it"
-- What of a user's cannot hold here, and what holds instead.
local INSTEAD = {
	["local-address"] = LISTENS, ["local-port"] = LISTENS, ["query-local-address"] = "taken out: there is no other network",
	["allow-from"] = ALL_MAY, ["allow-from-file"] = ALL_MAY,
	["chroot"] = ALONE, ["setuid"] = ALONE, ["setgid"] = ALONE, ["daemon"] = "no", ["write-pid"] = "no",
	["config-dir"] = FOLDER, ["socket-dir"] = FOLDER, ["disable-syslog"] = STDERR, ["logging-facility"] = STDERR,
	["hint-file"] = "this world's root", ["lua-config-file"] = "this world's root key, and nothing else of that file",
	["security-poll-suffix"] = "nothing is asked", ["dont-query"] = "this world's servers may be asked",
	["include-dir"] = "what is in it stands behind this file", ["include"] = "taken out",
	["webserver"] = NOBODY, ["webserver-address"] = NOBODY, ["webserver-port"] = NOBODY, ["api-config-dir"] = NOBODY,
	["carbon-server"] = NOBODY, ["lua-dns-script"] = "taken out", ["protobuf-server"] = NOBODY,
	["dot-to-auth-names"] = PLAIN,
}
local FORWARDS = { ["forward-zones"] = true, ["forward-zones-recurse"] = true }

-- Whether all that a list "corp.example=10.0.0.1;10.0.0.2, +net=…" forwards to is in this world.
local function ends_here(config, value)
	for address in value:gsub("[^=,]+=", " "):gmatch "[^%s,;]+" do
		if not config.servers[address:match "^%[([^%]]+)%]" or address:match "^(%d+%.%d+%.%d+%.%d+)" or address] then
			return false
		end
	end
	return true
end

-- A line that holds, or one that became a comment: its number stays.
local function edit(o, text, file)
	local made, number = {}, 0
	for line in text:gmatch "([^\n]*\n?)" do
		number = number + 1
		local place = ("%s:%d"):format(file, number)
		local key, value = line:match "^%s*([%w-]+)%s*%+?=%s*(.-)%s*$"
		local instead = key and INSTEAD[key]
		if key and FORWARDS[key] and not ends_here(o.config, value) then
			instead = NOT_HERE
		elseif key == "forward-zones-file" then
			instead = "taken out: name its zones as forward-zones"
		end
		if key == "include-dir" and value ~= "" then
			o.includes[#o.includes + 1] = value
		end
		if instead then
			o.overrides[#o.overrides + 1] = { place = place, was = line:match "^%s*(.-)%s*$", is = instead }
			line = "# sigfault: " .. line
		elseif key then
			o.settings[#o.settings + 1] = { name = key, value = value, place = place }
			line = key == o.without and "# sigfault: " .. line or line
		elseif line:match "^[%w_]+:%s*$" then
			o.error = o.error or place .. ": settings as YAML are for version 5.1 and later; this one wants key=value"
		end
		made[#made + 1] = line
	end
	return table.concat(made)
end

-- The last line of a setting counts, and what is included counts after the file itself.
local function overlay_settings(subject, config, given)
	local o = { config = config, overrides = {}, settings = {}, includes = {}, without = subject.without }
	local text = edit(o, config.text, config.name)
	for _, folder in ipairs(o.includes) do
		for _, file in ipairs(config.include(folder .. "/*.conf")) do
			text = text .. "\n# " .. file.name .. "\n" .. edit(o, file.text, file.name)
		end
	end
	given["recursor.conf"] = text .. lines { "", "# What sigfault lays over it." } .. old_place(subject) .. OLD_WORLD .. OLD_ASKS
		.. lines { subject.mitigation == "no-validation" and "dnssec=" .. validation(subject) or "" }
		.. (subject.options.threads and lines { "threads=" .. subject.options.threads } or "") .. old_behind(subject)
	return {
		error = o.error, files = given, overrides = o.overrides, notes = {}, settings = o.settings, without = o.without,
		copies = { ["recursor.conf"] = config.name },
	}
end

-- ---- the same as YAML ----

local FETCHED, KEY = "taken out: nobody here is there to fetch it from", "this world's root key"
local ABSENT = "%s:%d: '%s' is not there: name the folder that has it, with the configuration at its top, as --config FOLDER"
local INSTEAD_YAML = {
	incoming = {
		listen = LISTENS, port = LISTENS, allow_from = ALL_MAY, allow_from_file = ALL_MAY,
		proxy_protocol_from = "taken out: nobody here asks through a proxy",
	},
	outgoing = {
		source_address = "taken out: there is no other network", dont_query = "this world's servers may be asked",
		dot_to_auth_names = PLAIN, tls_configurations = PLAIN,
	},
	dnssec = { trustanchors = KEY, trustanchorfile = KEY },
	recursor = {
		chroot = ALONE, setuid = ALONE, setgid = ALONE, daemon = "no", write_pid = "no", config_dir = FOLDER, socket_dir = FOLDER,
		socket_owner = FOLDER, socket_group = FOLDER, socket_mode = FOLDER, config_name = FOLDER, hint_file = "this world's root",
		lua_config_file = "taken out", lua_global_include_dir = "taken out", lua_dns_script = "taken out", cpu_map = "taken out",
		security_poll_suffix = "nothing is asked", forward_zones_file = "taken out: name its zones as forward_zones",
		forwarding_catalog_zones = FETCHED, tls_configurations = PLAIN, include_dir = "what is in it lies over this file",
	},
	recordcache = { zonetocaches = FETCHED },
	logging = {
		disable_syslog = STDERR, facility = STDERR, structured_logging_backend = STDERR, protobuf_servers = NOBODY,
		outgoing_protobuf_servers = NOBODY, dnstap_framestream_servers = NOBODY, dnstap_nod_framestream_servers = NOBODY,
	},
	webservice = NOBODY, carbon = NOBODY, snmp = NOBODY,
}

-- The texts below an entry whose paths end like this.
local function texts_below(o, i, pattern)
	local list, path = {}, o.entries[i].path
	for k = i + 1, #o.entries do
		local entry = o.entries[k]
		if entry.path:sub(1, #path) ~= path then
			break
		end
		if entry.value and entry.path:sub(#path + 1):match(pattern) then
			list[#list + 1] = entry.value
		end
	end
	return list
end

local function forwards_away(o, i)
	for _, server in ipairs(texts_below(o, i, "^%.forwarders%[%d+%]$")) do
		local address = server:match "^%[([^%]]+)%]" or server:match "^(%d+%.%d+%.%d+%.%d+)" or server
		if not o.config.servers[address] then
			return NOT_HERE
		end
	end
	return nil
end

local function instead_yaml(o, i)
	local section, key, rest = o.entries[i].path:match "^([%w_]+)%.?([%w_]*)(.*)$"
	local row = INSTEAD_YAML[section]
	if type(row) == "table" then
		row = key ~= "" and row[key] or nil
	end
	if row then
		return row
	elseif key:match "^forward_zones" and rest:match "^%[%d+%]$" then
		return forwards_away(o, i)
	elseif key == "rpzs" and rest:match "^%[%d+%]$" and #texts_below(o, i, "^%.addresses%[%d+%]$") > 0 then
		return FETCHED
	end
	return nil
end

-- A file of a user's that it is to read becomes one of its folder.
local function copied(o, i, file)
	local entry = o.entries[i]
	if not entry.value or not (entry.path:match "auth_zones%[%d+%]%.file$" or entry.path:match "rpzs%[%d+%]%.name$") then
		return nil
	end
	local found = o.config.include(entry.value)[1]
	if not found then
		o.error = o.error or ABSENT:format(file, entry.line, entry.value)
		return nil
	end
	o.count = o.count + 1
	o.given["file-" .. o.count] = found.text
	return ("'%s/file-%d'"):format(o.folder, o.count)
end

local function edit_yaml(o, text, file)
	local entries, why = o.config.yaml(text)
	if not entries then
		local is_list = ("\n" .. text):match "\n%s*[%l-]+%s*%+?="
		why = is_list and " from 5.1 on it wants YAML, which 'rec_control show-yaml FILE' makes of key=value" or why
		o.error = o.error or file .. ":" .. why
		return text
	end
	local changes = {}
	o.entries = entries
	for i, entry in ipairs(entries) do
		local place = ("%s:%d"):format(file, entry.line)
		local instead = changes[entry.parent] ~= "" and instead_yaml(o, i)
		changes[i] = (instead or changes[entry.parent] == "") and "" or copied(o, i, file)
		if instead then
			local was = text:sub(entry.from, entry.to):match "^[^\n]*"
			o.overrides[#o.overrides + 1] = { place = place, was = was, is = instead }
			if entry.path == "recursor.include_dir" and entry.value and entry.value ~= "" then
				o.includes[#o.includes + 1] = { folder = entry.value, file = file, line = entry.line }
			end
		elseif changes[i] ~= "" and entry.path:match "^[%w_]+%.[%w_]+$" then
			local value = entry.value or text:sub(entry.from, entry.to):gsub("^[^:]*:%s*", ""):gsub("%s+", " ")
			o.settings[#o.settings + 1] = { name = entry.path, value = value, place = place }
			changes[i] = entry.path == o.without and "" or changes[i]
		end
	end
	return o.config.change(text, changes, "# sigfault: ")
end

local function include_yaml(o)
	for _, include in ipairs(o.includes) do
		if not o.config.is_there(include.folder) then
			o.error = o.error or ABSENT:format(include.file, include.line, include.folder)
		end
		for k, file in ipairs(o.config.include(include.folder .. "/*.yml")) do
			local copy = ("1-%03d.yml"):format(k)
			o.copies[copy] = file.name
			o.given[copy] = edit_yaml(o, file.text, file.name)
		end
	end
end

local function laid_over_yaml(subject)
	return "# What sigfault lays over it.\nrecursor:\n" .. folders(subject) .. "  write_pid: false\n" .. WORLD .. lines {
		subject.options.threads and "  threads: " .. subject.options.threads or "  daemon: false",
	} .. served(subject, subject.mitigation == "no-validation" and "  validation: " .. validation(subject) .. "\n" or "")
end

local function overlay_yaml(subject, config, given)
	local o = {
		config = config, given = given, overrides = {}, settings = {}, includes = {}, without = subject.without,
		copies = { ["recursor.conf"] = config.name }, folder = subject.folder, count = 0,
	}
	given["recursor.conf"] = edit_yaml(o, config.text, config.name)
	include_yaml(o)
	given["2.yml"] = laid_over_yaml(subject)
	given["settings.yml"] = nil
	if subject.settings ~= "" then
		given[is_yaml(subject.settings) and "3.yml" or "settings.conf"] = subject.settings
	end
	o.files, o.notes, o.complaints = given, {}, { 'error occurred processing it" error="' }
	return o
end

local function overlay(subject, config, given)
	return (is_old(subject) and overlay_settings or overlay_yaml)(subject, config, given)
end

local function control(subject, ...)
	return { subject.control, "--config-dir=" .. subject.folder, "--socket-dir=" .. subject.folder, ... }
end

return {
	name = "powerdns",
	title = "PowerDNS Recursor",
	program = "pdns_recursor",
	control = "rec_control",
	package = "pdns-recursor",
	version = { arguments = { "--version" }, pattern = "Recursor (%d[%w.]*)" },

	configuration = "recursor.conf",
	files = function(subject)
		return (is_old(subject) and old_files or files)(subject)
	end,
	forwards = true,
	overlay = overlay,
	looks_for = function(subject)
		return is_old(subject) and { "recursor.conf" } or { "recursor.yml", "recursor.conf" }
	end,
	start = start,

	options = { threads = { about = "how many threads it answers with (threads)", most = 32 } },

	operations = {
		["nta"] = function(subject, zone)
			return { control(subject, "add-nta", zone, "scenario") }
		end,
		["nta-remove"] = function(subject, zone)
			return { control(subject, "clear-nta", zone) }
		end,
		["flush"] = function(subject, zone)
			return { control(subject, "wipe-cache", zone .. "$") }
		end,
		["flush-all"] = function(subject)
			return { control(subject, "wipe-cache", ".$") }
		end,
		-- Anchors and policies; it forgets negative trust anchors that rec_control added.
		["reload"] = function(subject)
			return { control(subject, "reload-lua-config") }
		end,
		-- It has no switch for it while it runs; a negative trust anchor for the root comes to the same.
		["validation-off"] = function(subject)
			return { control(subject, "add-nta", ".", "scenario") }
		end,
		["validation-on"] = function(subject)
			return { control(subject, "clear-nta", ".") }
		end,
	},

	counters = {
		command = function(subject)
			return control(subject, "get-all")
		end,
		-- Of histograms nothing is kept.
		read = function(text)
			local counters = {}
			for name, value in text:gmatch("([%w._-]+)\t(-?[%d.]+)\n") do
				if not name:match("^cumul%-") and not name:match("^ecs%-") then
					counters[name] = tonumber(value)
				end
			end
			counters["request-list"] = counters["concurrent-queries"]
			return counters
		end,
	},

	requests = {
		command = function(subject) return control(subject, "current-queries") end,
		read = function(text)
			local depth = 0
			for n in text:gmatch("(%d+) currently outstanding questions") do depth = depth + math.tointeger(n) end
			return depth
		end,
	},

	mitigations = {
		["none"] = { about = "as it comes: nothing is done" },
		["serve-stale"] = { about = "answers from expired records when a look-up has failed (RFC 8767)" },
		["prefetch"] = { about = "asks anew when a tenth of a record's time is left" },
		["no-validation"] = { about = "does not validate" },
		["long-ttls"] = { about = "keeps what it fetched as long as its TTL says" },
		["long-denials"] = { about = "keeps for a day, and not an hour, that a name or a DS is not there" },
		["short-bogus"] = { about = "keeps for 5 seconds, and not an hour, that something was bogus" },
	},
}
