package io.ferrite.node;

/**
 * Tells those who read the log of what one event loop logged, once for everything that it does in
 * one turn: they are threads and sockets, and each wake-up costs more than a command. For that
 * loop's thread.
 */
public final class LogNews {

    private final Node node;
    private final int loop;
    private final Runnable announcement = this::announce;
    private boolean announcing;

    LogNews(Node node, int loop) {
        this.node = node;
        this.loop = loop;
    }

    /** If something was logged, that is told at the end of this turn. */
    public void announceSoon() {
        if (!announcing && node.parts().commandLog().hasNews()) {
            announcing = true;
            node.environment().onLoop(loop, announcement);
        }
    }

    private void announce() {
        announcing = false;
        node.appendOnly().turnEnds();
        node.parts().commandLog().announce();
    }
}
