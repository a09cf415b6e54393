/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagrams that devices really sent (logstash-codec-netflow's, where the shared data lie): templates and
 *data paired, in both orders. What is expected was read off another decoder, Wireshark 4.0.17:
 *
 *	od -Ax -tx1 -v FILE | text2pcap -u 2055,2055 - x.pcap
 *	tshark -r x.pcap -d udp.port==2055,cflow -T json
 *
 * There every field of every record that both name was equal. In the options-only files (asr9k_opttpl257,
 *334, asr9k_tpl266, wlc_8510) there are templates and no data: nothing may come out, and nothing be
 *malformed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "flow/flow.h"

#define FILES_MAX 3
#define FILE_SIZE_MAX 65536

struct payload {
	const char *files[FILES_MAX];
	unsigned records, options;
	uint64_t octets, packets;
	const char *first,
		*last; /* name=value of the first and last record; of options where there is no other */
};

static const struct payload payloads[] = {
	{
		.files = {"ipfix"},
		.records = 6,
		.options = 1,
		.octets = 10563,
		.packets = 42,
		.first = "sourceIPv4Address=192.168.253.1 destinationIPv4Address=192.168.253.128 "
			 "sourceTransportPort=60560 destinationTransportPort=22 protocolIdentifier=6 "
			 "octetDeltaCount=260 packetDeltaCount=5 ingressInterface=0 egressInterface=0",
		.last = "sourceIPv4Address=192.168.253.132 destinationIPv4Address=54.214.9.161 "
			"sourceTransportPort=49935 destinationTransportPort=443 protocolIdentifier=6 "
			"octetDeltaCount=2608 packetDeltaCount=13 ingressInterface=0 egressInterface=0 "
			"samplingInterval=1",
	},
	{
		.files = {"ipfix_test_juniper_mx240_junos151r6s3_opttpl512",
			  "ipfix_test_juniper_mx240_junos151r6s3_data512"},
		.records = 0,
		.options = 1,
		.octets = 0,
		.packets = 0,
		.last = "samplingInterval=1000 exportedFlowRecordTotalCount=76 "
			"systemInitTimeMilliseconds=1262761598000",
	},
	{
		.files = {"ipfix_test_mikrotik_tpl", "ipfix_test_mikrotik_data258"},
		.records = 28,
		.options = 0,
		.octets = 95010,
		.packets = 208,
		.first = "sourceIPv4Address=10.10.8.197 destinationIPv4Address=192.168.128.17 "
			 "sourceTransportPort=123 destinationTransportPort=123 protocolIdentifier=17 "
			 "octetDeltaCount=152 packetDeltaCount=2 ingressInterface=13 egressInterface=7",
		.last = "sourceIPv4Address=10.10.10.1 destinationIPv4Address=255.255.255.255 "
			"sourceTransportPort=52837 destinationTransportPort=5678 protocolIdentifier=17 "
			"octetDeltaCount=330 packetDeltaCount=2 ingressInterface=15 egressInterface=0",
	},
	{
		.files = {"ipfix_test_mikrotik_tpl", "ipfix_test_mikrotik_data259"},
		.records = 18,
		.options = 0,
		.octets = 8225,
		.packets = 45,
		.first = "sourceIPv6Address=fe80::ff:fe00:401 destinationIPv6Address=fe80::ff:fe00:401 "
			 "sourceTransportPort=5678 destinationTransportPort=5678 protocolIdentifier=17 "
			 "octetDeltaCount=555 packetDeltaCount=3 ingressInterface=0 egressInterface=9",
		.last = "sourceIPv6Address=fe80::ff:fe00:1201 destinationIPv6Address=fe80::ff:fe00:1201 "
			"sourceTransportPort=5678 destinationTransportPort=5678 protocolIdentifier=17 "
			"octetDeltaCount=370 packetDeltaCount=2 ingressInterface=17 egressInterface=0",
	},
	{
		.files = {"ipfix_test_openbsd_pflow_tpl", "ipfix_test_openbsd_pflow_data"},
		.records = 26,
		.options = 0,
		.octets = 99323,
		.packets = 209,
		.first = "sourceIPv4Address=192.168.0.17 destinationIPv4Address=192.168.0.1 "
			 "sourceTransportPort=64020 destinationTransportPort=80 protocolIdentifier=6 "
			 "octetDeltaCount=373 packetDeltaCount=7 ingressInterface=1 egressInterface=1",
		.last = "sourceIPv4Address=192.168.0.1 destinationIPv4Address=192.168.0.17 "
			"sourceTransportPort=80 "
			"destinationTransportPort=64026 protocolIdentifier=6 octetDeltaCount=6425 "
			"packetDeltaCount=8 ingressInterface=1 egressInterface=1 "
			"flowStartMilliseconds=1469107799000 flowDurationMilliseconds=2000",
	},
	{
		.files = {"ipfix_test_vmware_vds_tpl", "ipfix_test_vmware_vds_data264"},
		.records = 1,
		.options = 0,
		.octets = 100,
		.packets = 2,
		.last = "sourceIPv4Address=172.18.65.21 destinationIPv4Address=172.18.65.211 "
			"sourceTransportPort=61209 destinationTransportPort=5985 protocolIdentifier=6 "
			"octetDeltaCount=100 packetDeltaCount=2 ingressInterface=3 egressInterface=11 "
			"flowEndReason=1 ingressInterfaceAttr=1 egressInterfaceAttr=2 vxlanExportRole=0 "
			"maximumTTL=128",
	},
	{
		.files = {"ipfix_test_vmware_vds_tpl", "ipfix_test_vmware_vds_data266"},
		.records = 2,
		.options = 0,
		.octets = 458,
		.packets = 2,
		.first = "sourceIPv4Address=172.18.65.91 destinationIPv4Address=172.18.65.255 "
			 "sourceTransportPort=138 destinationTransportPort=138 protocolIdentifier=17 "
			 "octetDeltaCount=229 packetDeltaCount=1 ingressInterface=2 egressInterface=10",
		.last = "sourceIPv4Address=172.18.65.91 destinationIPv4Address=172.18.65.255 "
			"sourceTransportPort=138 destinationTransportPort=138 protocolIdentifier=17 "
			"octetDeltaCount=229 packetDeltaCount=1 ingressInterface=3 egressInterface=11",
	},
	{
		.files = {"ipfix_test_vmware_vds_tpl", "ipfix_test_vmware_vds_data266_267"},
		.records = 2,
		.options = 0,
		.octets = 248,
		.packets = 4,
		.first = "sourceIPv4Address=172.18.65.21 destinationIPv4Address=224.0.0.252 "
			 "sourceTransportPort=61329 destinationTransportPort=5355 protocolIdentifier=17 "
			 "octetDeltaCount=104 packetDeltaCount=2 ingressInterface=3 egressInterface=11",
		.last = "sourceIPv6Address=fe80::5187:5cd8:d750:cdc9 destinationIPv6Address=ff02::1:3 "
			"sourceTransportPort=61329 destinationTransportPort=5355 protocolIdentifier=17 "
			"octetDeltaCount=144 packetDeltaCount=2 ingressInterface=3 egressInterface=11",
	},
	{
		.files = {"netflow5"},
		.records = 2,
		.options = 0,
		.octets = 534,
		.packets = 9,
		.first = "sourceIPv4Address=10.0.2.2 destinationIPv4Address=10.0.2.15 "
			 "sourceTransportPort=54435 "
			 "destinationTransportPort=22 protocolIdentifier=6 octetDeltaCount=230 "
			 "packetDeltaCount=5 "
			 "ingressInterface=0 egressInterface=0",
		.last = "sourceIPv4Address=10.0.2.15 destinationIPv4Address=10.0.2.2 sourceTransportPort=22 "
			"destinationTransportPort=54435 protocolIdentifier=6 octetDeltaCount=304 "
			"packetDeltaCount=4 ingressInterface=0 egressInterface=0",
	},
	{
		.files = {"netflow5_test_juniper_mx80"},
		.records = 29,
		.options = 0,
		.octets = 3989,
		.packets = 31,
		.first = "sourceIPv4Address=10.0.0.1 destinationIPv4Address=192.168.0.2 "
			 "sourceTransportPort=443 "
			 "destinationTransportPort=61608 protocolIdentifier=6 octetDeltaCount=1500 "
			 "packetDeltaCount=1 ingressInterface=542 egressInterface=536",
		.last = "sourceIPv4Address=66.249.92.75 destinationIPv4Address=192.168.0.1 "
			"sourceTransportPort=37387 destinationTransportPort=80 protocolIdentifier=6 "
			"octetDeltaCount=104 packetDeltaCount=2 ingressInterface=542 egressInterface=536 "
			"samplingInterval=1000 bgpSourceAsNumber=15169",
	},
	{
		.files = {"netflow5_test_microtik"},
		.records = 30,
		.options = 0,
		.octets = 40812,
		.packets = 160,
		.first = "sourceIPv4Address=10.0.13.1 destinationIPv4Address=192.168.0.98 "
			 "sourceTransportPort=5228 "
			 "destinationTransportPort=52734 protocolIdentifier=6 octetDeltaCount=104 "
			 "packetDeltaCount=2 ingressInterface=13 egressInterface=50",
		.last = "sourceIPv4Address=10.0.8.1 destinationIPv4Address=192.168.0.1 "
			"sourceTransportPort=80 "
			"destinationTransportPort=51826 protocolIdentifier=6 octetDeltaCount=11442 "
			"packetDeltaCount=13 ingressInterface=13 egressInterface=46",
	},
	{
		.files = {"netflow9_cisco_asr1001x_tpl259"},
		.records = 25,
		.options = 0,
		.octets = 38255,
		.packets = 124,
		.first = "sourceIPv4Address=10.111.111.242 destinationIPv4Address=10.12.100.13 "
			 "sourceTransportPort=52444 destinationTransportPort=53218 protocolIdentifier=6 "
			 "octetDeltaCount=965 packetDeltaCount=7 ingressInterface=4 egressInterface=16",
		.last = "sourceIPv4Address=10.12.150.13 destinationIPv4Address=10.100.101.43 "
			"sourceTransportPort=61792 destinationTransportPort=49156 protocolIdentifier=6 "
			"octetDeltaCount=1340 packetDeltaCount=2 ingressInterface=16 egressInterface=4 "
			"applicationId=13:473 flowStartMilliseconds=1507580540652 "
			"flowDurationMilliseconds=40",
	},
	{
		.files = {"netflow9_test_0length_fields_tpl_data"},
		.records = 10,
		.options = 0,
		.octets = 64,
		.packets = 2,
		.first = "sourceIPv4Address=239.255.255.250 destinationIPv4Address=192.168.1.80 "
			 "sourceTransportPort=0 destinationTransportPort=0 protocolIdentifier=2 "
			 "octetDeltaCount=0 "
			 "packetDeltaCount=0 ingressInterface=3 egressInterface=2",
		.last = "sourceIPv4Address=192.168.1.33 destinationIPv4Address=239.255.255.250 "
			"sourceTransportPort=0 destinationTransportPort=0 protocolIdentifier=2 "
			"octetDeltaCount=0 "
			"packetDeltaCount=0 ingressInterface=2 egressInterface=3",
	},
	{
		.files = {"netflow9_test_cisco_1941K9"},
		.records = 29,
		.options = 0,
		.octets = 70258,
		.packets = 370,
		.first = "sourceIPv4Address=192.168.0.111 destinationIPv4Address=62.217.193.1 "
			 "sourceTransportPort=37301 destinationTransportPort=53 protocolIdentifier=17 "
			 "octetDeltaCount=75 packetDeltaCount=1 ingressInterface=17",
		.last = "sourceIPv4Address=192.168.0.95 destinationIPv4Address=169.45.214.246 "
			"sourceTransportPort=35053 destinationTransportPort=5222 protocolIdentifier=6 "
			"octetDeltaCount=194 packetDeltaCount=3 ingressInterface=17 "
			"sourceMacAddress=a0:39:f7:4d:49:d5 applicationId=5:1",
	},
	{
		.files = {"netflow9_test_cisco_aci_tpl256-258", "netflow9_test_cisco_aci_data256"},
		.records = 3,
		.options = 0,
		.octets = 297,
		.packets = 6,
		.first = "sourceIPv4Address=10.154.231.145 destinationIPv4Address=10.154.231.146 "
			 "sourceTransportPort=179 destinationTransportPort=49411 protocolIdentifier=6 "
			 "octetDeltaCount=99 packetDeltaCount=2 ingressInterface=369139712",
		.last = "sourceIPv4Address=10.154.230.177 destinationIPv4Address=10.154.230.178 "
			"sourceTransportPort=179 destinationTransportPort=36441 protocolIdentifier=6 "
			"octetDeltaCount=99 packetDeltaCount=2 ingressInterface=369143808",
	},
	{
		.files = {"netflow9_test_cisco_asa_1_tpl", "netflow9_test_cisco_asa_1_data"},
		.records = 14,
		.options = 0,
		.octets = 0,
		.packets = 0,
		.first = "sourceIPv4Address=192.168.14.1 destinationIPv4Address=2.2.2.11 "
			 "sourceTransportPort=0 "
			 "destinationTransportPort=17549 protocolIdentifier=1 ingressInterface=3 "
			 "egressInterface=2",
		.last = "sourceIPv4Address=164.164.37.11 destinationIPv4Address=192.168.23.20 "
			"sourceTransportPort=0 destinationTransportPort=18061 protocolIdentifier=1 "
			"ingressInterface=3 egressInterface=2 firewallEvent=2 firewallExtendedEvent=2025 "
			"postNATSourceIPv4Address=164.164.37.11 observationTimeMilliseconds=1444384071509 "
			"octetTotalCount=56",
	},
	{
		.files = {"netflow9_test_cisco_asa_2_tpl_26x", "netflow9_test_cisco_asa_2_tpl_27x",
			  "netflow9_test_cisco_asa_2_data"},
		.records = 19,
		.options = 0,
		.octets = 0,
		.packets = 0,
		.first = "sourceIPv4Address=192.168.0.2 destinationIPv4Address=192.168.0.17 "
			 "sourceTransportPort=61775 destinationTransportPort=80 protocolIdentifier=6 "
			 "ingressInterface=3 egressInterface=4",
		.last = "sourceIPv4Address=192.168.0.1 destinationIPv4Address=192.168.0.18 "
			"sourceTransportPort=56651 destinationTransportPort=80 protocolIdentifier=6 "
			"ingressInterface=3 egressInterface=4 initiatorOctets=69 responderOctets=14178 "
			"flowId=742820223",
	},
	{
		.files = {"netflow9_test_cisco_asr9k_opttpl256", "netflow9_test_cisco_asr9k_data256"},
		.records = 0,
		.options = 19,
		.octets = 0,
		.packets = 0,
		.last = "interfaceDescription=TenGigE0_6_0_2",
	},
	{
		.files = {"netflow9_test_cisco_asr9k_tpl260", "netflow9_test_cisco_asr9k_data260"},
		.records = 21,
		.options = 0,
		.octets = 208031,
		.packets = 531,
		.first = "sourceIPv4Address=10.0.9.146 destinationIPv4Address=10.0.31.81 "
			 "sourceTransportPort=54017 "
			 "destinationTransportPort=443 protocolIdentifier=6 octetDeltaCount=40 "
			 "packetDeltaCount=1 "
			 "ingressInterface=110 egressInterface=158",
		.last = "sourceIPv4Address=10.0.29.46 destinationIPv4Address=10.0.15.38 "
			"sourceTransportPort=443 "
			"destinationTransportPort=52364 protocolIdentifier=6 octetDeltaCount=112 "
			"packetDeltaCount=2 ingressInterface=75 egressInterface=158",
	},
	{
		.files = {"netflow9_test_cisco_asr9k_opttpl257"},
		.records = 0,
		.options = 0,
		.octets = 0,
		.packets = 0,
	},
	{
		.files = {"netflow9_test_cisco_asr9k_opttpl334"},
		.records = 0,
		.options = 0,
		.octets = 0,
		.packets = 0,
	},
	{
		.files = {"netflow9_test_cisco_asr9k_tpl266"},
		.records = 0,
		.options = 0,
		.octets = 0,
		.packets = 0,
	},
	{
		.files = {"netflow9_test_cisco_nbar_opttpl260", "netflow9_test_cisco_nbar_tpl262",
			  "netflow9_test_cisco_nbar_data262"},
		.records = 5,
		.options = 15,
		.octets = 3064,
		.packets = 40,
		.first = "sourceIPv4Address=10.30.18.62 destinationIPv4Address=10.30.19.180 "
			 "protocolIdentifier=1 "
			 "octetDeltaCount=44 packetDeltaCount=1 ingressInterface=1 egressInterface=0",
		.last = "sourceIPv4Address=10.10.172.60 destinationIPv4Address=10.30.19.180 "
			"protocolIdentifier=17 "
			"octetDeltaCount=2794 packetDeltaCount=36 ingressInterface=1 egressInterface=0 "
			"samplerId=0 udpDestinationPort=161",
	},
	{
		.files = {"netflow9_test_cisco_wlc_8510_tpl_262"},
		.records = 0,
		.options = 0,
		.octets = 0,
		.packets = 0,
	},
	{
		.files = {"netflow9_test_cisco_wlc_tpl", "netflow9_test_cisco_wlc_data261"},
		.records = 19,
		.options = 0,
		.octets = 142991108,
		.packets = 133708,
		.first = "octetDeltaCount=3320 packetDeltaCount=83",
		.last = "octetDeltaCount=80973880 packetDeltaCount=53362 wlanSSID=Test-env "
			"staMacAddress=34:02:86:75:c0:51 wtpMacAddress=00:f6:63:cc:80:60",
	},
	{
		.files = {"netflow9_test_fortigate_fortios_521_tpl",
			  "netflow9_test_fortigate_fortios_521_data256",
			  "netflow9_test_fortigate_fortios_521_data257"},
		.records = 1,
		.options = 1,
		.octets = 152,
		.packets = 3,
		.last = "sourceIPv4Address=192.168.99.7 destinationIPv4Address=31.13.87.36 "
			"sourceTransportPort=61910 destinationTransportPort=443 protocolIdentifier=6 "
			"octetDeltaCount=152 packetDeltaCount=3 ingressInterface=9 egressInterface=3",
	},
	{
		.files = {"netflow9_test_fortigate_fortios_542_appid_tpl258-269",
			  "netflow9_test_fortigate_fortios_542_appid_data258_262"},
		.records = 17,
		.options = 0,
		.octets = 29492,
		.packets = 105,
		.first = "sourceIPv4Address=192.168.100.151 destinationIPv4Address=182.50.136.239 "
			 "sourceTransportPort=45380 destinationTransportPort=80 protocolIdentifier=6 "
			 "octetDeltaCount=748 packetDeltaCount=6 ingressInterface=8 egressInterface=2",
		.last = "sourceIPv4Address=192.168.100.150 destinationIPv4Address=192.168.100.111 "
			"sourceTransportPort=51745 destinationTransportPort=80 protocolIdentifier=6 "
			"octetDeltaCount=2164 packetDeltaCount=8 ingressInterface=8 egressInterface=0 "
			"applicationId=20:12356:0",
	},
	{
		.files = {"netflow9_test_juniper_srx_tplopt"},
		.records = 0,
		.options = 1,
		.octets = 0,
		.packets = 0,
	},
	{
		.files = {"netflow9_test_macaddr_tpl", "netflow9_test_macaddr_data"},
		.records = 29,
		.options = 1,
		.octets = 0,
		.packets = 0,
		.first = "sourceIPv4Address=172.16.32.1 destinationIPv4Address=172.16.32.201 "
			 "sourceTransportPort=65058 destinationTransportPort=22 protocolIdentifier=6",
		.last = "sourceIPv4Address=172.16.32.201 destinationIPv4Address=172.16.32.1 "
			"sourceTransportPort=25 destinationTransportPort=59169 protocolIdentifier=6 "
			"destinationMacAddress=00:50:56:c0:00:01",
	},
	{
		.files = {"netflow9_test_nprobe_tpl", "netflow9_test_nprobe_data"},
		.records = 1,
		.options = 1,
		.octets = 200,
		.packets = 2,
		.last = "sourceIPv4Address=172.16.32.201 destinationIPv4Address=172.16.32.1 "
			"sourceTransportPort=22 destinationTransportPort=65058 protocolIdentifier=6 "
			"octetDeltaCount=200 packetDeltaCount=2 ingressInterface=0 egressInterface=0",
	},
	{
		.files = {"netflow9_test_nprobe_dpi"},
		.records = 1,
		.options = 0,
		.octets = 82,
		.packets = 1,
		.last = "sourceIPv4Address=0.0.0.0 destinationIPv4Address=0.0.0.0 sourceTransportPort=0 "
			"destinationTransportPort=0 protocolIdentifier=0 octetDeltaCount=82 "
			"packetDeltaCount=1 "
			"L7_PROTO=82",
	},
	{
		.files = {"netflow9_test_softflowd_tpl_data"},
		.records = 7,
		.options = 0,
		.octets = 1128,
		.packets = 13,
		.first = "sourceIPv4Address=172.16.32.100 destinationIPv4Address=172.16.32.248 "
			 "sourceTransportPort=123 destinationTransportPort=123 protocolIdentifier=17 "
			 "octetDeltaCount=76 packetDeltaCount=1 ingressInterface=0 egressInterface=0",
		.last = "sourceIPv6Address=fe80::20c:29ff:fe83:3b6e destinationIPv6Address=ff02::1 "
			"sourceTransportPort=0 destinationTransportPort=34304 protocolIdentifier=58 "
			"octetDeltaCount=672 packetDeltaCount=7 ingressInterface=0 egressInterface=0",
	},
	{
		.files = {"netflow9_test_ubnt_edgerouter_tpl", "netflow9_test_ubnt_edgerouter_data1024"},
		.records = 8,
		.options = 0,
		.octets = 15783,
		.packets = 82,
		.first = "sourceIPv4Address=10.1.0.135 destinationIPv4Address=10.4.0.251 "
			 "sourceTransportPort=53 "
			 "destinationTransportPort=17232 protocolIdentifier=17 octetDeltaCount=174 "
			 "packetDeltaCount=2 ingressInterface=4 egressInterface=0",
		.last = "sourceIPv4Address=10.1.0.135 destinationIPv4Address=10.4.0.251 "
			"sourceTransportPort=53 "
			"destinationTransportPort=9497 protocolIdentifier=17 octetDeltaCount=152 "
			"packetDeltaCount=1 ingressInterface=4 egressInterface=0",
	},
	{
		.files = {"netflow9_test_ubnt_edgerouter_tpl", "netflow9_test_ubnt_edgerouter_data1025"},
		.records = 8,
		.options = 0,
		.octets = 4635,
		.packets = 32,
		.first = "sourceIPv4Address=192.168.1.98 destinationIPv4Address=10.0.0.73 "
			 "sourceTransportPort=55105 destinationTransportPort=443 protocolIdentifier=6 "
			 "octetDeltaCount=260 packetDeltaCount=5 ingressInterface=2 egressInterface=4",
		.last = "sourceIPv4Address=192.168.1.102 destinationIPv4Address=10.2.0.95 "
			"sourceTransportPort=47690 destinationTransportPort=443 protocolIdentifier=6 "
			"octetDeltaCount=3668 packetDeltaCount=21 ingressInterface=2 egressInterface=4 "
			"postSourceMacAddress=06:be:ef:be:ef:b9 flowDurationMilliseconds=1250988",
	},
	{
		.files = {"netflow9_test_valid01"},
		.records = 7,
		.options = 0,
		.octets = 1128,
		.packets = 13,
		.first = "sourceIPv4Address=172.16.32.100 destinationIPv4Address=172.16.32.248 "
			 "sourceTransportPort=123 destinationTransportPort=123 protocolIdentifier=17 "
			 "octetDeltaCount=76 packetDeltaCount=1 ingressInterface=0 egressInterface=0",
		.last = "sourceIPv6Address=fe80::20c:29ff:fe83:3b6e destinationIPv6Address=ff02::1 "
			"sourceTransportPort=0 destinationTransportPort=34304 protocolIdentifier=58 "
			"octetDeltaCount=672 packetDeltaCount=7 ingressInterface=0 egressInterface=0",
	},
};
#define PAYLOADS (sizeof(payloads) / sizeof(payloads[0]))

static const char *folder(void)
{
	static char path[4096];
	const char *given = getenv("WANGLOU_SHARED_DATA"), *root = getenv("WANGLOU_SOURCE_ROOT");

	if (given)
		snprintf(path, sizeof(path), "%s/netflow", given);
	else
		snprintf(path, sizeof(path), "%s/../shared/data/netflow", root ? root : ".");
	return path;
}

/* The text behind "name": up to its end, without quotes. */
static bool value_of(struct str record, struct str name, struct str *ret_value)
{
	char key[96];
	size_t at, end;

	snprintf(key, sizeof(key), ",\"%.*s\":", STR_FMT(name));
	at = str_find(record, str_from(key));
	if (at == STR_NOT_FOUND)
		return false;
	record = str_from_offset(record, at + strlen(key));
	if (record.ptr[0] == '"') {
		record = str_from_offset(record, 1);
		end = str_find_char(record, '"');
	} else {
		for (end = 0; record.ptr[end] != ',' && record.ptr[end] != '}';)
			end++;
	}
	*ret_value = str_head(record, end);
	return true;
}

static void check_record(struct str record, const char *expected)
{
	struct str rest = str_from(expected), pair, name, value;

	while (str_split(&rest, ' ', &pair)) {
		str_split(&pair, '=', &name);
		if (!value_of(record, name, &value) || !str_eq(value, pair))
			fail_msg("wanted %.*s=%.*s in %.*s", STR_FMT(name), STR_FMT(pair), STR_FMT(record));
	}
}

static uint64_t number_of(struct str record, struct str name)
{
	struct str value;
	uint64_t number = 0;

	if (value_of(record, name, &value))
		assert_int_equal(str_to_u64(value, &number), 0);
	return number;
}

static bool is_options(struct str record)
{
	return str_find(record, STR("\"flowOptions\":true")) != STR_NOT_FOUND;
}

static void decode_file(struct flow_decoder *decoder, const char *file, struct flow_output *output)
{
	char path[4200];
	struct buf bytes = {0};
	struct flow_datagram datagram = {
		.exporter = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1},
		.received = 1,
	};

	snprintf(path, sizeof(path), "%s/%s.dat", folder(), file);
	if (io_read_file(path, FILE_SIZE_MAX, &bytes) < 0)
		fail_msg("cannot read %s", path);
	datagram.bytes = buf_str(&bytes);
	if (flow_decode(decoder, &datagram, output) < 0)
		fail_msg("%s is said to be malformed", file);
	buf_done(&bytes);
}

static void decode(const struct payload *payload, bool backwards, struct flow_output *output)
{
	const struct flow_options options = {.options = true};
	struct flow_decoder *decoder = flow_decoder_new(&options);

	for (size_t i = 0; i < FILES_MAX; i++) {
		const char *file = payload->files[backwards ? FILES_MAX - 1 - i : i];

		if (file)
			decode_file(decoder, file, output);
	}
	assert_int_equal(flow_decoder_stats(decoder)->malformed, 0);
	assert_int_equal(flow_decoder_stats(decoder)->records, payload->records);
	assert_int_equal(flow_decoder_stats(decoder)->options, payload->options);
	flow_decoder_free(decoder);
}

static void check(const struct payload *payload, bool backwards)
{
	struct flow_output output = {0};
	struct str first = {0}, last = {0};
	uint64_t octets = 0, packets = 0;
	unsigned count = 0;

	decode(payload, backwards, &output);
	for (size_t i = 0; i < output.count; i++) {
		struct str record = flow_output_record(&output, i);

		if (is_options(record)) {
			last = count ? last : record;
			continue;
		}
		first = count++ ? first : record;
		last = record;
		octets += number_of(record, STR("octetDeltaCount"));
		packets += number_of(record, STR("packetDeltaCount"));
	}
	assert_int_equal(count, payload->records);
	assert_int_equal(octets, payload->octets);
	assert_int_equal(packets, payload->packets);
	if (payload->first && !backwards)
		check_record(first, payload->first);
	if (payload->last && !backwards)
		check_record(last, payload->last);
	flow_output_done(&output);
}

static void test_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAYLOADS; i++)
		check(&payloads[i], false);
}

static void test_data_before_templates(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAYLOADS; i++)
		check(&payloads[i], true);
}

static size_t count_files(const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < PAYLOADS; i++)
		for (size_t j = 0; j < FILES_MAX; j++)
			count += payloads[i].files[j] && !strcmp(payloads[i].files[j], name);
	return count;
}

static int visit(const char *path, void *context)
{
	struct str name = str_from(strrchr(path, '/') + 1);
	char text[256];

	snprintf(text, sizeof(text), "%.*s", (int)(name.len - 4), name.ptr);
	if (!count_files(text))
		fail_msg("%s is in no entry of the table", path);
	++*(unsigned *)context;
	return 0;
}

static void test_all_are_covered(void **state)
{
	unsigned count = 0;

	(void)state;
	assert_int_equal(io_walk(folder(), ".dat", visit, &count), 0);
	assert_true(count > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_data_before_templates),
		cmocka_unit_test(test_all_are_covered),
	};
	if (access(folder(), R_OK) < 0) {
		printf("skipped: no shared test data in %s\n", folder());
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
