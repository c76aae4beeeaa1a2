/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer, whatever the resolver sends. */
#include <stddef.h>
#include <stdint.h>

#include "harness/clients/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message m;

	if (!message_read(data, size, &m))
		return 0;
	if (m.has_question && name_len(m.qname) > NAME_MAX_LEN)
		__builtin_trap();
	if (m.address.family && name_len(m.owner) > NAME_MAX_LEN)
		__builtin_trap();
	return 0;
}
