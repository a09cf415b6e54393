/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_LISTENER_H
#define EVENT_LISTENER_H
/*
 * The ways a record comes in. The number is written into every journal record:
 * lines are added, never changed or used again.
 */
#include <stdint.h>

#define LISTENER_TABLE(X)                                                         \
	X(LISTENER_LOCAL, 0, "local", "the Unix socket: import, the drill")       \
	X(LISTENER_SYSLOG_UDP, 1, "syslog-udp", "syslog over UDP (RFC 5426)")     \
	X(LISTENER_SYSLOG_TCP, 2, "syslog-tcp", "syslog over TCP (RFC 6587)")     \
	X(LISTENER_HTTP_INGEST, 3, "http-ingest", "lines by POST /ingest/v1/…")   \
	X(LISTENER_HTTP_BULK, 4, "http-bulk", "the Elasticsearch bulk interface") \
	X(LISTENER_FILE, 5, "file", "this machine's own log files")               \
	X(LISTENER_PLATFORM, 6, "platform", "what the platform itself says")      \
	X(LISTENER_AUDIT, 7, "audit", "what people do with the platform")         \
	X(LISTENER_SYSLOG_TLS, 8, "syslog-tls", "syslog over TLS (RFC 5425)")     \
	X(LISTENER_HTTP_HEC, 9, "http-hec", "Splunk's HTTP Event Collector")      \
	X(LISTENER_HTTP_OTLP, 10, "http-otlp", "OpenTelemetry logs over HTTP")    \
	X(LISTENER_FLOW, 11, "flow", "NetFlow, IPFIX and sFlow over UDP")         \
	X(LISTENER_SNMP_TRAP, 12, "snmp-trap", "SNMP notifications over UDP")     \
	X(LISTENER_JOURNALD, 13, "journald", "this machine's systemd journal")    \
	X(LISTENER_KAFKA, 14, "kafka", "topics of a Kafka cluster")               \
	X(LISTENER_SENSOR, 15, "sensor", "what our own sensor sees on the wire")

enum listener_id {
#define X(name, number, text, description) name = (number),
	LISTENER_TABLE(X)
#undef X
		LISTENER_COUNT
};

/* "syslog-udp"; "unknown" for a number this version does not know. */
static inline const char *listener_name(uint16_t listener)
{
	static const char *const names[LISTENER_COUNT] = {
#define X(name, number, text, description) [number] = (text),
		LISTENER_TABLE(X)
#undef X
	};

	return listener < LISTENER_COUNT ? names[listener] : "unknown";
}

#endif
