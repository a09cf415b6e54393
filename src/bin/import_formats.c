/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/import_formats.h"

#include <stddef.h>

#include "bin/pcap_format.h"
#include "collect/evtx.h"

const struct reader_format *const import_formats[] = {
	&evtx_format,
	&pcap_format,
	NULL,
};
