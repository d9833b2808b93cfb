package io.ferrite.server;

import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.Settings;
import java.net.InetSocketAddress;

public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        Settings s = new Settings();
        for (int i = 0; i + 1 < args.length; i++) {
            if (args[i].equals("--port")) s.put(NetworkOptions.PORT, Long.parseLong(args[i + 1]));
            if (args[i].equals("--io-threads")) s.put(NetworkOptions.IO_THREADS, Long.parseLong(args[i + 1]));
        }
        FerriteServer f = new FerriteServer(s);
        f.listen(new InetSocketAddress("127.0.0.1", s.getInt(NetworkOptions.PORT)));
        System.out.println("Ready to accept connections tcp");
        Thread.currentThread().join();
    }
}
