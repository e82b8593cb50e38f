"""python-gsmmodem-new: connects with some twenty commands, then asks who the module is."""

import os

from gsmmodem.modem import GsmModem
from steps import PATIENCE, same, step

modem = GsmModem(os.environ["QUASIMODEM_PTY"], 115200)
with step("connect"):
    modem.connect()
with step("manufacturer"):
    same(modem.manufacturer, "Quectel_Ltd")
with step("model"):
    same(modem.model, "Quectel_M10")
with step("imei"):
    same(modem.imei, "352273017386340")
with step("imsi"):
    same(modem.imsi, "460001234567890")
with step("service centre"):
    same(modem.smsc, "+8613800210500")
with step("network"):
    same(modem.networkName, "CHINA MOBILE")
with step("signal"):
    same(modem.waitForNetworkCoverage(PATIENCE), 28)
with step("close"):
    modem.close()
