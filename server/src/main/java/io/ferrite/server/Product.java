package io.ferrite.server;

/** Name and version of this program. */
final class Product {
    static final String NAME = "Ferrite";

    private Product() {}

    /** The version of the build, from the archive's manifest; 0.0.0 in a build without archives. */
    static String version() {
        String version = Product.class.getPackage().getImplementationVersion();
        return version == null ? "0.0.0" : version;
    }

    /** What {@code --version} prints; the numbers stand where tools look for them. */
    static String versionLine(String role) {
        return NAME
                + " "
                + role
                + " v="
                + version()
                + " sha=00000000:0 malloc=ferrite bits=64 build=java"
                + Runtime.version().feature();
    }

    /** What {@code --help} prints. */
    static String usage(String program) {
        return """
        Usage: PROGRAM [/path/to/redis.conf] [options] [-]
               PROGRAM - (configuration from standard input)
               PROGRAM -v or --version
               PROGRAM -h or --help

        Every parameter of the configuration file can be given as an option:
               PROGRAM (all defaults)
               echo 'maxmemory 128mb' | PROGRAM -
               PROGRAM /etc/redis/6379.conf
               PROGRAM --port 7777
               PROGRAM --port 7777 --replicaof 127.0.0.1 8888
               PROGRAM /etc/redis/6379.conf --loglevel verbose -
        """
                .replace("PROGRAM", program);
    }
}
