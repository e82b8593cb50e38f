"""pyftpdlib as a server: its command line has no idle timeout. Run by the interpreter of its venv."""

import logging
import os
import pwd
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

port, root, user, password, idle, clients, owner = sys.argv[1:]
logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(message)s")
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_user(user, password, root, perm="elradfmwMT")
FTPHandler.authorizer.add_anonymous(root)
FTPHandler.timeout = int(idle)
server = FTPServer(("127.0.0.1", int(port)), FTPHandler)
server.max_cons = int(clients)
if owner:
    entry = pwd.getpwnam(owner)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
server.serve_forever()
