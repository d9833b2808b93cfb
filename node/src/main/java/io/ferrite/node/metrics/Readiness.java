package io.ferrite.node.metrics;

import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether clients should be sent here: the page {@code /readyz}. Any thread. */
public final class Readiness {

    private Readiness() {}

    /** Why not, one line each; empty if they should. */
    public static List<String> obstacles(Node node) {
        List<String> why = new ArrayList<>();
        if (node.state().is(ServerState.LOADING)) {
            why.add("data is being loaded");
        }
        if (node.state().is(ServerState.SHUTTING_DOWN)) {
            why.add("the server is about to end");
        }
        if (node.state().is(ServerState.FOLLOWER)) {
            Map<String, String> fields = MetricsPage.fields(node, List.of("replication"));
            if ("1".equals(fields.get("master_sync_in_progress"))) {
                why.add("a copy of the leader's data is on its way");
            } else if (!"up".equals(fields.get("master_link_status"))) {
                why.add("the link to the leader is down");
            }
        }
        if (node.cluster() != null && !node.cluster().view().isOk()) {
            why.add("the cluster does not serve all slots");
        }
        return why;
    }
}
