/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/archive_status.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

static double forecast(const struct archive_status *status, long critical)
{
	double room = (double)status->disk.total / 100 * (double)critical - (double)status->disk.used;

	if (status->holdings.bytes_per_day <= 0)
		return -1;
	return room <= 0 ? 0 : room / status->holdings.bytes_per_day;
}

void archive_status_read(const struct config *config, struct arena *arena, struct archive_status *ret_status)
{
	const char *journal = config_path(config, arena, "journal");
	const struct journal_key *key = NULL;

	*ret_status = (struct archive_status){
		.encrypted = config->journal_key_file[0] || config->journal_passphrase_file[0],
	};
	if (config_journal_key(config, arena, false, &key, NULL) < 0)
		key = NULL; /* what is in headers does not need it */
	holdings_read(journal, key, NULL, clock_now(), &ret_status->holdings);
	disk_read(journal, &ret_status->disk);
	ret_status->days_left = forecast(ret_status, config->retention_disk_critical);
}

void archive_status_print(const struct archive_status *status)
{
	const struct holdings *holdings = &status->holdings;
	char time[CLOCK_TEXT_SIZE] = "";

	if (holdings->sealed_seq)
		printf("sealed    up to record %" PRIu64 ": %" PRIu64 " of %" PRIu64 " segments, %.1f MB\n",
		       holdings->sealed_seq, holdings->sealed_segments, holdings->segments,
		       (double)holdings->sealed_bytes / 1e6);
	else
		printf("sealed    nothing yet\n");
	if (holdings->has_head)
		printf("head      %" PRIu64 " records, signed %.0f s ago\n", holdings->head.size,
		       (double)(clock_now() - holdings->head.time) / CLOCK_SECOND);
	else
		printf("head      none has been signed\n");
	clock_format(holdings->oldest, time);
	if (holdings->oldest)
		printf("kept      since %.10s\n", time);
	printf("disk      %u percent full", disk_percent(&status->disk));
	if (status->days_left >= 0)
		printf(", critical in %.0f days at the pace of the last week", status->days_left);
	printf("\nencrypted %s\n", status->encrypted ? "yes" : "no");
}

void archive_status_print_json(const struct archive_status *status)
{
	const struct holdings *holdings = &status->holdings;
	char time[CLOCK_TEXT_SIZE];

	printf("{\"segments\":%" PRIu64 ",\"sealed_segments\":%" PRIu64 ",\"sealed_bytes\":%" PRIu64
	       ",\"sealed_seq\":%" PRIu64 ",\"disk_percent\":%u,\"encrypted\":%s",
	       holdings->segments, holdings->sealed_segments, holdings->sealed_bytes, holdings->sealed_seq,
	       disk_percent(&status->disk), status->encrypted ? "true" : "false");
	if (status->days_left >= 0)
		printf(",\"days_left\":%.1f", status->days_left);
	clock_format(holdings->oldest, time);
	if (holdings->oldest)
		printf(",\"oldest\":\"%s\"", time);
	clock_format(holdings->head.time, time);
	if (holdings->has_head)
		printf(",\"head\":{\"size\":%" PRIu64 ",\"seq\":%" PRIu64 ",\"time\":\"%s\"}",
		       holdings->head.size, holdings->head.seq, time);
	printf("}");
}
