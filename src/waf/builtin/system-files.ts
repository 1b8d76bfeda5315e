/**
 * Files and folders that no visitor has business with: accounts, keys, configuration and logs of operating systems,
 * servers and languages, and what programmers leave behind. Names are those of the systems' own documentation.
 *
 * Two kinds. `SYSTEM_FILE` needs the folder or an unmistakable name, with a separator before it: a value that is such
 * a path says nothing else. `SYSTEM_NAME` is a bare name, which people also search for.
 */

/** A separator, with others and segments that stay where they are behind it. */
const SEPARATOR = String.raw`[/\\](?:\.?[/\\]){0,3}`;
const BEHIND_NAME = '(?![a-z0-9])';

const ETC = `
  passwd-? master\\.passwd shadow-? gshadow group-? hosts(?:\\.\\w{1,8})? hostname host\\.conf issue(?:\\.net)? motd crontab
  cron\\.\\w{1,8} fstab mtab exports profile bash\\.bashrc bashrc sudoers(?:\\.d)? ssh ssl shells services protocols networks
  network resolv\\.conf nsswitch\\.conf syslogd?\\.conf rsyslog\\.conf ld\\.so\\.\\w{1,8} login\\.defs inittab init\\.d init rc\\.\\w{1,8} rc[0-9s]?\\.d
  inetd\\.conf xinetd\\.\\w{1,8} sysctl\\.conf sysconfig security default environment aliases modules timezone anacrontab logrotate\\.\\w{1,8}
  apache2? httpd nginx lighttpd php[0-9.]{0,3} php\\.ini my\\.cnf mysql mariadb postgresql redis tomcat[0-9]{0,2} squid[0-9]? samba vsftpd\\.\\w{1,8}
  proftpd\\w{0,1} proftpd\\.conf wu-ftpd pure-ftpd\\S{0,4} ftpusers ftpaccess ftpchroot snmp postfix exim[0-9]? sendmail\\S{0,3} dovecot bind named\\.conf
  openldap ldap kerberos krb5\\.\\w{1,8} ppp wpa_supplicant vhosts X11 \\w{2,12}-release debian_version redhat\\S{0,8} lsb\\S{0,8} pam\\.\\w{1,4} at\\.\\w{1,5}
  termcap updatedb\\.conf chrootUsers kubernetes docker adduser\\.conf hosts\\.equiv phpmyadmin webmin cups inputrc
`;
const PROC = `
  self version cpuinfo meminfo mounts filesystems cmdline net sched_debug modules partitions stat swaps devices uptime
  loadavg ioports interrupts sys [0-9]{1,6}
`;
/** Below the root of a Unix system; each is a folder, what follows it is up to the origin. */
const UNIX_FOLDERS = `
  var/log var/adm var/spool var/mail var/lib/mysql var/lib/php var/lib/mlocate var/run var/cron var/backups var/apache2? var/www/(?:logs?|conf)
  usr/local/(?:apache|apache2|php|php[0-9]|etc|nginx|httpd|mysql|cpanel|app|apps|pgsql|tomcat|psa|samba|zeus|squid)
  usr/(?:lib|share)/(?:security|php|tomcat|apache2|phpmyadmin|cron|mysql) usr/(?:apache2?|etc|pkg|pkgsrc|ports|home)
  usr/lib/php\\.ini opt/(?:lampp|apache|apache2|httpd|xampp|nginx|tomcat|jboss|ibm|coldfusion\\S{0,3}|splunk|atlassian)
  (?:root|home${SEPARATOR}[\\w.-]{1,32})/\\.[a-z]\\w{0,31} home[0-9]/bin bin/(?:sh|bash) dev/(?:tcp|udp|fd|mem|kmem|shm|stdin|null) sys/(?:class|kernel|devices|module|firmware)
  run/secrets/\\w{1,32} mnt/(?:c|etc) private/(?:etc|var) volumes/(?:macintosh\\S{0,6}|webbackup)/ nsswitch\\.conf apache2?/(?:logs?|conf) (?:apache|php[0-9]?|mysql|xampp|nginx|lampp|wamp)/(?:logs?|conf|bin|etc|php|apache)
  (?:www|httpd|htdocs|web)/(?:logs?|conf) httpd/(?:conf|logs?) logs?/(?:access|error)[._]logs? conf/httpd\\.conf library/webserver
`;
const WINDOWS = `
  boot\\.ini autoexec\\.bat ntuser\\.dat ntldr pagefile\\.sys bootmgr sysprep\\.inf unattend\\.(?:xml|txt) inetpub
  (?:windows|winnt)/(?:win\\.ini|system\\.ini|php\\.ini|my\\.ini|repair|debug|panther|iis\\S{0,4}\\.log|windowsupdate\\.log|setup\\w{2,4}\\.log)
  (?:(?:windows|winnt)/)?system32/(?:config|drivers/etc|inetsrv|logfiles|winevt|eula\\.txt|license\\.rtf|cmd\\.exe)
  xampp/(?:apache|php|mysql|filezillaftp|tomcat|sendmail) wamp64?/(?:bin|logs) apache\\ group program\\ files\\S{0,8}/(?:apache|mysql|php|filezilla|xampp)
  users/(?:administrator|all\\ users)/(?:desktop|ntuser|\\.ssh) documents\\ and\\ settings/(?:administrator|all\\ users)
`;
/** Unmistakable wherever they stand behind a separator. */
const FILES = `
  win\\.ini system\\.ini boot\\.ini php\\.ini php5?\\.ini my\\.ini my\\.cnf httpd\\.conf apache2?\\.conf nginx\\.conf lighttpd\\.conf vsftpd\\.conf proftpd\\.conf
  \\.ssh/[\\w.-]{2,32} id_(?:rsa|dsa|ecdsa|ed25519) authorized_keys \\.(?:bash|zsh|sh|mysql|psql|python|php|rediscli)_history \\.bashrc \\.bash_profile \\.bash_logout
  \\.htpasswd\\w{0,4} \\.htaccess\\w{0,4} \\.git/(?:config|head|index|logs) \\.svn/(?:entries|wc\\.db) \\.hg/(?:hgrc|store) \\.aws/(?:credentials|config)
  \\.docker/config\\.json \\.kube/config \\.netrc \\.npmrc \\.pgpass \\.my\\.cnf web-inf/\\S{1,64} meta-inf/(?:context\\.xml|manifest\\.mf|maven)
  wp-config\\.(?:php|bak|txt|old)\\S{0,4} (?:access|error|ssl_access|ssl_error|mysqld?|mod_jk|suexec|auth|php_error|laravel|syslog)[._]log web\\.config
  global\\.asax machine\\.config applicationhost\\.config repair/(?:sam|system|security)\\S{0,4} config\\.inc\\.php localsettings\\.php
  tomcat-users\\.xml (?:server|context)\\.xml shadow\\.bak passwd\\.bak sftp-config\\.json master\\.mdf settings\\.py database\\.yml docker-compose\\.ya?ml
`;

function alternatives(text: string): string {
  return text
    .trim()
    .split(/(?<!\\)\s+/)
    .map((path) => path.replace(/\/(?![/\\])/g, SEPARATOR).replaceAll('\\ ', '(?: |%20|\\+)'))
    .join('|');
}

const ABOVE = String.raw`(?:^|[/\\])`;
/** The root of a file system: the beginning, a drive, a scheme, or behind climbing segments. */
const ROOT = String.raw`(?:^[/\\]{0,4}|^[a-z][:|][/\\]{0,4}|^file:[/\\]{0,4}(?:[a-z][:|][/\\]{0,4}|localhost[/\\])?|\.[/\\]{1,4}|\?[/\\]{1,4})`;

/** Folders of systems that hold settings and logs among other things: a file there counts by its ending. */
const SYSTEM_FOLDERS = `
  etc usr var opt home[0-9]? root private apache[0-9]? apps srv mnt volumes sys lib php[0-9]? xampp wamp64? lampp windows
  winnt program\\ files\\S{0,8} documents\\ and\\ settings netserver www
`;
const SETTINGS_ENDING = '\\.(?:conf|cnf|ini|inf|logs?|cfg|passwd|pwd|mdb|sam|evt|bat)|(?:access|error)_logs?';

export const SYSTEM_FILE: RegExp = new RegExp(
  [
    `${ABOVE}etc${SEPARATOR}(?:${alternatives(ETC)})${BEHIND_NAME}`,
    `${ABOVE}proc${SEPARATOR}(?:${alternatives(PROC)})${BEHIND_NAME}`,
    `${ROOT}(?:${alternatives(UNIX_FOLDERS)})(?=$|[/\\\\]|\\.)`,
    `${ROOT}(?:${alternatives(WINDOWS)})(?=$|[/\\\\.])`,
    `${ROOT}(?:${alternatives(SYSTEM_FOLDERS)})[/\\\\][^"'<>?#]{1,128}(?:${SETTINGS_ENDING})(?=$|[?#;%])`,
    `${String.raw`[/\\]`}(?:${alternatives(FILES)})${BEHIND_NAME}`,
  ].join('|'),
  'i',
);

/** A value that is the bare name of such a file. */
export const SYSTEM_NAME: RegExp = new RegExp(`^(?:${alternatives(FILES)})(?:$|[?#\\0;])`, 'i');

/** Folders right below the root that hold nothing for visitors. */
export const ROOT_FOLDER: RegExp =
  /(?:^|[/\\])(?:etc|proc|usr|winnt|windows|inetpub|var|boot\.ini|system32|program files)(?:[/\\]|$)/i;

/** What configuration, logs, keys and databases are called by their endings. */
export const PRIVATE_ENDING: RegExp =
  /\.(?:ini|cnf|conf|cfg|config|logs?|pwd|passwd|key|pem|p12|pfx|sql|db|mdb|sqlite3?|bak|old|bat|sh|exe|dll|sam|env|inc|ya?ml|properties|xml|php[0-9]?|phtml|asp|aspx|jsp|jspx|cgi|pl|py|rb)(?:$|[?#\0;])|(?:access|error)_log|passwd|shadow|\.\w{0,4}(?:htaccess|htpasswd)/i;

/** What pages are made of. */
export const ASSET_ENDING: RegExp =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|css|less|scss|js|mjs|tsx?|jsx|map|woff2?|ttf|eot|otf|mp[34]|webm|ogg|wasm|vue)(?:$|[?#])/i;
