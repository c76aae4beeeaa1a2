# SPDX-License-Identifier: BSD-2-Clause
# Completion of sigfault in fish: sigfault itself says what may follow (harness/cli/complete.h).

function __sigfault_complete
	set -l words (commandline -opc) (commandline -ct)
	for line in ($words[1] complete -- $words[2..-1] 2>/dev/null)
		switch $line
			case :files
				__fish_complete_path (commandline -ct)
			case :folders
				__fish_complete_directories (commandline -ct)
			case ':*'
			case '*'
				echo $line
		end
	end
end

complete -c sigfault -f -a '(__sigfault_complete)'
